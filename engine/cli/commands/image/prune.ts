import { command } from '../../command.ts'
import { parseFilters } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { filter, force, prune } from '../../terminal/confirm-prune.ts'
import { printError } from '../../output/print.ts'

export const imagePrune = command({
  summary: 'Remove unused images',
  flags: {
    all: bool('a', 'Remove all images not in use by containers, not just dangling ones'),
    'build-cache': bool('', 'Remove persistent build cache created by --mount=type=cache'),
    external: bool('', 'Remove images even when they are used by external containers (e.g., by build containers)'),
    force,
    filter,
  },
  args: { max: 0 },
  run: ({ flags, engine }) => {
    if (flags['build-cache'])
      printError('WARNING: --build-cache has no effect: images are not built yet, so there is no cache of builds.\n')
    return prune(
      flags,
      flags.all
        ? 'This command removes all images without at least one container associated with them.'
        : 'This command removes all dangling images.',
      (api) => api['image.prune']({ all: flags.all, filters: parseFilters(flags.filter) }),
      engine,
    )
  },
})
