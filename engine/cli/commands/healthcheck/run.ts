import { EngineError } from '../../../errors/index.ts'
import { nothingToCheck } from '../../../spec/health.ts'
import { command } from '../../command.ts'
import { missingAs } from '../../output/missing.ts'
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
    const check = async () => await (await engine())['container.healthcheck']({ name, scheduled: flags.scheduled })
    if (flags.scheduled) return await scheduled(check)
    const { Status } = await check().catch(
      missingAs('ContainerNotFound', (message) => `unable to look up ${name} to perform a health check: ${message}`),
    )
    if (Status === 'healthy') return 0
    print(`${Status}\n`)
    return 1
  },
})

/** For the timer, which ends once there is nothing to check any more; a check that could not be made this time is made the next. */
async function scheduled(check: () => Promise<unknown>): Promise<number> {
  try {
    await check()
    return 0
  } catch (error) {
    return EngineError.is(error, 'ContainerNotFound', 'ContainerStateInvalid', 'HealthcheckMissing') ? nothingToCheck : 0
  }
}
