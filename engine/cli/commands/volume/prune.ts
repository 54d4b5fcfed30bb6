import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'
import { filter, force, prune } from '../../terminal/confirm-prune.ts'

const warning = 'This will remove all volumes not used by at least one container. The following volumes will be removed:'

export const volumePrune = command({
  summary: 'Remove all unused volumes',
  description: 'Volumes that are not currently owned by a container will be removed. Note all data will be destroyed.',
  examples: ['berth volume prune', 'berth volume prune --force'],
  flags: { filter, force },
  args: { max: 0 },
  async run({ flags, engine }) {
    const filters = parseFilters(flags.filter)
    if (flags.force) return prune(flags, warning, (api) => api['volume.prune']({ filters }), engine)
    const unused = await (await engine())['volume.list']({ filters: { ...filters, dangling: ['true'] } })
    if (unused.length === 0) {
      print(`WARNING! ${warning}\nNo dangling volumes found\n`)
      return 0
    }
    const names = unused.map(({ Name }) => Name).join('\n')
    return prune(flags, `${warning}\n${names}`, (api) => api['volume.prune']({ filters }), engine)
  },
})
