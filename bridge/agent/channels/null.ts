import type { Payload } from '../channel.ts'

/** `null`: discards all data. */
export const nothing: Payload = (channel) => {
  channel.ready()
  return { data: (data) => channel.acknowledge(data.length) }
}
