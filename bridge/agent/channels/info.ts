import { osRelease } from '../os-release.ts'
import type { Payload } from '../channel.ts'

/** `info`: one message about the agent, its host and its user. */
export const info: Payload = (channel) => {
  const { agent } = channel
  channel.ready()
  channel.send(
    JSON.stringify({
      channels: Object.fromEntries(agent.payloads.map((name) => [name, []])),
      os_release: osRelease(),
      user: agent.user,
    }),
  )
  channel.done()
  channel.close()
  return {}
}
