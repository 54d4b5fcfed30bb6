import { command } from '../../command.ts'
import { number } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { runService } from '../../run-service.ts'

/** Podman's own default. */
const usualTime = 5

export const service = command({
  summary: 'Run API service',
  description:
    "Answers libpod's REST API on a unix socket, or on the one that systemd hands over, until nobody has used it for a while.",
  usage: '[URI]',
  examples: ['berth system service --time=0 unix:///tmp/berth.sock'],
  notYet: 'cors',
  local: true,
  service: true,
  flags: {
    time: number('t', `Time until the service session expires in seconds.  Use 0 to disable the timeout (default ${usualTime})`, {
      value: 'uint',
      aliases: ['timeout'],
    }),
  },
  args: { max: 1 },
  async run({ args: [uri], flags, engine, global }) {
    const path = uri === undefined ? undefined : /^unix:(?:\/\/)?(\/.+)$/.exec(uri)?.[1]
    if (uri !== undefined && path === undefined)
      throw new UsageError(`The address ${uri} is not one that the service can have: give unix:///PATH`)
    return runService({ engine, path, seconds: flags.time ?? usualTime, level: global.context.logLevel ?? 'warn' })
  },
})
