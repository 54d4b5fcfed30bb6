import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

const letters = ['C', 'A', 'D']

export const imageDiff = command({
  summary: "Inspect changes to the image's file systems",
  description: "Displays changes to the image's filesystem, compared to its parent layer or to the second image.",
  usage: 'IMAGE [IMAGE]',
  examples: ['berth image diff myImage', 'berth image diff --format json redis:alpine'],
  flags: { format: text('', 'Change the output format (json)') },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', parent], flags, engine }) {
    if (flags.format !== undefined && flags.format !== '' && flags.format !== 'json')
      throw new UsageError("only supported value for '--format' is 'json'")
    const found = (await changesOf(await engine(), name, parent)) ?? []
    if (flags.format !== 'json') {
      print(found.map(({ Path, Kind }) => `${letters[Kind] ?? '?'} ${Path}\n`).join(''))
      return
    }
    const of = (kind: number) => found.filter(({ Kind }) => Kind === kind).map(({ Path }) => Path)
    const lists = Object.entries({ changed: of(0), added: of(1), deleted: of(2) }).filter(([, paths]) => paths.length > 0)
    print(`${goJson(Object.fromEntries(lists), 5)}\n`)
  },
})

async function changesOf(api: Engine, name: string, parent: string | undefined) {
  try {
    return await api['image.changes']({ name, ...(parent === undefined ? {} : { parent }) })
  } catch (error) {
    if (!EngineError.is(error, 'ImageNotFound')) throw error
    const missing = typeof error.details['name'] === 'string' ? error.details['name'] : name
    throw new EngineError(error.code, `${missing} not found: ${error.message}`, { cause: error })
  }
}

/** Podman's `diff`, for what Berth can compare so far. */
export const diff = imageDiff
