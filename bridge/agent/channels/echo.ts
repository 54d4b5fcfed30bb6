import type { Payload } from '../channel.ts'

/** `echo`: sends back what it gets. */
export const echo: Payload = (channel) => {
  channel.ready()
  return {
    data: (data) => {
      channel.send(data)
      channel.acknowledge(data.length)
    },
    done: () => {
      channel.done()
      channel.close()
    },
  }
}
