import { command } from '../../command.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const networkReload = command({
  summary: 'Reload firewall rules for one or more containers',
  description: 'Makes interfaces and firewall rules of running containers again, with the same addresses.',
  usage: '[CONTAINER...]',
  examples: ['berth network reload web', 'berth network reload --all'],
  flags: {
    all: bool('a', 'Reload network configuration of all containers'),
    latest: bool('l', 'Act on the latest container'),
  },
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('no arguments are needed with --all')
    const api = await engine()
    const running = flags.all
      ? (await api['container.list']({}))
          .filter(({ Networks }) => (Networks ?? []).length > 0)
          .map(({ Id }) => ({ ref: Id, shown: Id }))
      : await chooseContainers(api, args, { latest: flags.latest })
    return forEach(running, async ({ ref }) => (await api['network.reload']({ container: ref })).Id)
  },
})
