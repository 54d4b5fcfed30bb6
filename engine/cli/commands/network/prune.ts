import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { filter, force, prune } from '../../terminal/confirm-prune.ts'

export const networkPrune = command({
  summary: 'Prune unused networks',
  flags: { filter, force },
  args: { max: 0 },
  run: ({ flags, engine }) =>
    prune(
      flags,
      'This will remove all networks not used by at least one container.',
      async (api) =>
        (await api['network.prune']({ filters: parseFilters(flags.filter) })).map(({ Name, Error }) => ({
          Id: Name,
          Err: Error ?? null,
        })),
      engine,
    ),
})
