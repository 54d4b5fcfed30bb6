import { command } from '../../command.ts'
import { printError } from '../../output/print.ts'

export const renumber = command({
  summary: 'Migrate lock numbers',
  description:
    "Podman's locks have numbers, of which a host has so many; Berth's are files named by what they lock, and nothing has to be renumbered. The command says so.",
  flags: {},
  args: { max: 0 },
  local: 'store',
  run: async () => printError('Nothing is to be done: locks are files of the run state, named by what they lock.\n'),
})
