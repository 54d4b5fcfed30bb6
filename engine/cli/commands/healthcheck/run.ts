import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool } from '../../parse/flags.ts'

export const healthcheckRun = command({
  summary: 'Run the health check of a container',
  description:
    'Runs the health check of a running container now. The exit code is 0 if it succeeded, 1 if it failed, and 125 if it could not be run.',
  usage: 'CONTAINER',
  examples: ['berth healthcheck run web'],
  flags: { scheduled: bool('', "Called by the container's timer, which a failed check does not end", false, { hidden: true }) },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine }) {
    const { Status } = await (await engine())['container.healthcheck']({ name, scheduled: flags.scheduled })
    if (flags.scheduled || Status === 'healthy') return 0
    print(`${Status}\n`)
    return 1
  },
})
