import type { Payload } from '../channel.ts'

/** `null`: takes everything and answers nothing. */
export const nothing: Payload = (channel) => {
  channel.ready()
  return { data: (data) => channel.acknowledge(data.length) }
}
