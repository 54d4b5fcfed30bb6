import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { newestPods } from '../../flags/targets.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { logFlags, showLogs } from '../container/logs.ts'

export const podLogs = command({
  summary: 'Fetch logs for pod with one or more containers',
  usage: 'POD',
  examples: ['berth pod logs shop', 'berth pod logs -c web shop', 'berth pod logs --follow --since 10m shop'],
  flags: {
    ...logFlags,
    container: text('c', 'Filter logs by container name or id which belongs to pod'),
    latest: bool('l', 'Act on the latest pod'),
  },
  args: { max: 1 },
  async run({ args: [given], flags, engine }) {
    if (flags.latest && given !== undefined) throw new UsageError('--latest and arguments cannot be used together')
    if (!flags.latest && given === undefined) throw new UsageError('specify at least one pod name or ID to log')
    const api = await engine()
    const name = given ?? (await newestPods(api))[0]?.Id ?? ''
    const pod = await api['pod.inspect']({ name })
    const { container } = flags
    const members = (pod.Containers ?? []).filter(({ Id }) => Id !== pod.InfraContainerID)
    const chosen =
      container === undefined ? members : members.filter(({ Id, Name }) => Name === container || Id.startsWith(container))
    if (container !== undefined && chosen.length === 0)
      throw new EngineError('ContainerNotFound', `container ${container} is not in pod ${name}: no such container`, {
        details: { container },
      })
    await showLogs(
      api,
      chosen.map(({ Id }) => Id),
      flags,
      container === undefined,
    )
  },
})
