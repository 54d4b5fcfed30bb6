import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { print, printError } from '../../output/print.ts'

export const manifestRm = command({
  summary: 'Remove manifest list or image index from local storage',
  usage: 'LIST [LIST...]',
  examples: ['berth manifest rm mylist:v1.11'],
  flags: { ignore: bool('i', 'Ignore errors when a specified manifest is missing') },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const api = await engine()
    const untagged: string[] = []
    const deleted: string[] = []
    const failures: EngineError[] = []
    for (const name of args) {
      try {
        const report = await api['manifest.remove']({ name, ignore: flags.ignore })
        untagged.push(...report.Untagged)
        deleted.push(...report.Deleted)
      } catch (error) {
        failures.push(EngineError.from(error))
      }
    }
    print([...untagged.map((each) => `Untagged: ${each}\n`), ...deleted.map((each) => `Deleted: ${each}\n`)].join(''))
    if (failures.length === 0) return 0
    const texts = failures.map(({ message }) => message)
    printError(
      texts.length === 1
        ? `Error: ${texts[0]}\n`
        : `Error: ${texts.length} errors occurred:\n${texts.map((each) => `\t* ${each}\n`).join('')}`,
    )
    return failures.every((each) => EngineError.is(each, 'ImageNotFound')) ? 1 : 125
  },
})
