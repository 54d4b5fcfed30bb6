import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { chooseContainers } from '../../flags/targets.ts'
import { checkFormat, printChanges } from '../../output/changes.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

const flags = {
  format: text('', 'Change the output format (json)'),
  latest: bool('l', 'Act on the latest container'),
}

const ofKind = (diffType: 'all' | 'container', name: string) =>
  async function run(call: {
    args: string[]
    flags: { format: string | undefined; latest: boolean }
    engine(): Promise<Engine>
  }) {
    const { args, flags, engine } = call
    checkFormat(flags.format)
    if (flags.latest && args.length > 0) throw new UsageError('--latest and containers cannot be used together')
    if (!flags.latest && args.length === 0) throw new UsageError(`"berth ${name}" requires a name, id, or the "--latest" flag`)
    const api = await engine()
    const [first = '', parent] = flags.latest ? [(await chooseContainers(api, [], { latest: true }))[0]?.ref] : args
    printChanges((await changesOf(api, { name: first, parent, diffType })) ?? [], flags.format)
  }

async function changesOf(api: Engine, input: { name: string; parent: string | undefined; diffType: 'all' | 'container' }) {
  const { parent, ...rest } = input
  try {
    return await api['container.changes']({ ...rest, ...(parent === undefined ? {} : { parent }) })
  } catch (error) {
    if (!EngineError.is(error, 'ImageNotFound', 'ContainerNotFound')) throw error
    const missing = typeof error.details['name'] === 'string' ? error.details['name'] : input.name
    throw new EngineError(error.code, `${missing} not found: ${error.message}`, { details: error.details, cause: error })
  }
}

export const diff = command({
  summary: "Display the changes to the object's file system",
  description:
    "Displays changes on a container or image's filesystem, compared to its image or parent layer, or to the second one when given.",
  usage: '{CONTAINER|IMAGE} [{CONTAINER|IMAGE}]',
  examples: ['berth diff ctrID', 'berth diff imageID', 'berth diff --format json redis:alpine'],
  flags,
  args: { min: 0, max: 2 },
  run: ofKind('all', 'diff'),
})

export const containerDiff = command({
  summary: "Inspect changes to the container's file systems",
  description: "Displays changes to a container's filesystem, compared to its image, or to the second container when given.",
  usage: 'CONTAINER [CONTAINER]',
  examples: ['berth container diff myCtr', 'berth container diff -l --format json'],
  flags,
  args: { min: 0, max: 2 },
  run: ofKind('container', 'container diff'),
})
