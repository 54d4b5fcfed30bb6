import { command } from '../../command.ts'
import { bool, textOr, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { durationOf } from '../../../spec/duration.ts'
import { chooseContainers } from '../../flags/targets.ts'
import { containerStates } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { print } from '../../output/print.ts'

export const wait = command({
  summary: 'Block on one or more containers',
  description: 'Waits until containers have stopped, or are in the state asked for, and prints their exit codes.',
  usage: 'CONTAINER [CONTAINER...]',
  flags: {
    condition: words('', 'Condition to wait on', {
      choices: [
        ...containerStates.filter((state) => state !== 'unknown' && state !== 'configured'),
        'healthy',
        'unhealthy',
      ].toSorted(),
      refusal: 'unknown container state: {value}: invalid argument',
    }),
    ignore: bool('', 'Ignore if a container does not exist'),
    interval: textOr('i', 'Time between two looks, for podman; here nothing has to be looked at', '250ms', { hidden: true }),
    latest: bool('l', 'Act on the latest container'),
    'return-on-first': bool('', 'Return once the first container is in the state waited for, with its exit code alone'),
  },
  async run({ args, flags, engine }) {
    // A number alone counts milliseconds.
    if (durationOf(/^\d+$/.test(flags.interval) ? `${flags.interval}ms` : flags.interval) === undefined)
      throw new UsageError(`time: invalid duration "${flags.interval}"`)
    if (args.length === 0 && !flags.latest) throw new UsageError('"berth wait" requires a name, id, or the "--latest" flag')
    const api = await engine()
    const targets = await chooseContainers(api, args, flags)
    const condition = flags.condition.length > 0 ? flags.condition : undefined
    const enough = new AbortController()
    const { signal } = enough
    const waiting = targets.map(({ ref }) =>
      api['container.wait']({ name: ref, condition }, { signal }).catch((error: unknown) => {
        if (flags.ignore && EngineError.is(error, 'ContainerNotFound', 'NotFound')) return -1
        throw error
      }),
    )
    waiting.forEach((each) => each.catch(() => {}))
    try {
      if (flags['return-on-first']) print(`${await Promise.race(waiting)}\n`)
      // One that is not there is told at once, whatever the others do.
      else for (const code of await Promise.all(waiting)) print(`${code}\n`)
    } finally {
      enough.abort()
    }
  },
})
