import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { filter, force, prune } from '../../terminal/confirm-prune.ts'

export const volumePrune = command({
  summary: 'Remove all unused volumes',
  description: 'Volumes that are not currently owned by a container will be removed. Note all data will be destroyed.',
  examples: ['berth volume prune', 'berth volume prune --force'],
  flags: { filter, force },
  args: { max: 0 },
  run: ({ flags, engine }) =>
    prune(
      flags,
      'WARNING! This will remove all volumes not used by at least one container.',
      (api) => api['volume.prune']({ filters: parseFilters(flags.filter) }),
      engine,
    ),
})
