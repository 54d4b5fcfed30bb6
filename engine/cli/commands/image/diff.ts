import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { checkFormat, printChanges } from '../../output/changes.ts'
import { text } from '../../parse/flags.ts'

export const imageDiff = command({
  summary: "Inspect changes to the image's file systems",
  description: "Displays changes to the image's filesystem, compared to its parent layer or to the second image.",
  usage: 'IMAGE [IMAGE]',
  examples: ['berth image diff myImage', 'berth image diff --format json redis:alpine'],
  flags: { format: text('', 'Change the output format (json)') },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', parent], flags, engine }) {
    checkFormat(flags.format)
    printChanges((await changesOf(await engine(), name, parent)) ?? [], flags.format)
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
