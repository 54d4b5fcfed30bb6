import { command } from '../../command.ts'
import { chooseContainers } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { updateBody, updateFlags } from '../../spec/update-body.ts'

export const update = command({
  summary: 'Update an existing container',
  description:
    'Updates the configuration of an existing container: its resource limits, restart policy, environment and health check. Limits of a running container count at once, ulimits and environment from its next start on.',
  usage: 'CONTAINER',
  examples: ['berth update --cpus=5 box', 'berth update --memory 1g --restart always box'],
  flags: { ...updateFlags, latest: bool('l', 'Act on the latest container') },
  args: { max: 1 },
  async run({ args, flags, given, engine }) {
    if (args.length === 0 && !flags.latest) throw new UsageError('update must be provided a container name or ID, or --latest')
    const body = updateBody(flags, given)
    const api = await engine()
    const [target] = await chooseContainers(api, args, { latest: flags.latest })
    const [restartPolicy, restartRetries] = flags.restart?.split(':') ?? []
    print(
      `${await api['container.update']({
        name: target?.ref ?? '',
        ...(restartPolicy === undefined ? {} : { restartPolicy }),
        ...(restartRetries === undefined ? {} : { restartRetries }),
        body,
      })}\n`,
    )
  },
})
