import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { filter, force, prune } from '../../terminal/confirm-prune.ts'

export const containerPrune = command({
  summary: 'Remove all non running containers',
  flags: { force, filter },
  args: { max: 0 },
  run: ({ flags, engine }) =>
    prune(
      flags,
      'This will remove all non running containers.',
      (api) => api['container.prune']({ filters: parseFilters(flags.filter) }),
      engine,
    ),
})
