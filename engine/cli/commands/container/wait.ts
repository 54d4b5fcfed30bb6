import { command } from '../../command.ts'
import { bool, textOr, texts } from '../../parse/flags.ts'
import { chooseContainers } from '../../flags/targets.ts'
import { containerStates } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { print } from '../../output/print.ts'

export const wait = command({
  summary: 'Block on one or more containers',
  description: 'Waits until containers have stopped, or are in the state asked for, and prints their exit codes.',
  usage: 'CONTAINER [CONTAINER...]',
  flags: {
    condition: texts('', 'Condition to wait on', {
      choices: [...containerStates.filter((state) => state !== 'unknown'), 'healthy', 'unhealthy'].toSorted(),
    }),
    ignore: bool('i', 'Ignore if a container does not exist'),
    interval: textOr('', 'Time interval to wait before polling for completion', '250ms', { hidden: true }),
    latest: bool('l', 'Act on the latest container'),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await chooseContainers(api, args, flags)
    const condition = flags.condition.length > 0 ? flags.condition : undefined
    const waiting = targets.map(({ ref }) =>
      api['container.wait']({ name: ref, condition }).catch((error: unknown) => {
        if (flags.ignore && EngineError.is(error, 'ContainerNotFound', 'NotFound')) return -1
        throw error
      }),
    )
    waiting.forEach((each) => each.catch(() => {}))
    for (const each of waiting) print(`${await each}\n`)
  },
})
