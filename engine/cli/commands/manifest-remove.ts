import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { bool } from '../parse/flags.ts'

export const manifestRemove = command({
  summary: 'Remove an item from a manifest list or image index',
  usage: 'LIST DIGEST',
  examples: ['berth manifest remove mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736'],
  flags: {},
  args: { min: 2, max: 2 },
  async run({ args: [name = '', digest = ''], engine }) {
    const { Id } = await (await engine())['manifest.modify']({ name, body: { operation: 'remove', images: [digest] } })
    process.stdout.write(`${Id}\n`)
  },
})

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
    process.stdout.write(
      [...untagged.map((each) => `Untagged: ${each}\n`), ...deleted.map((each) => `Deleted: ${each}\n`)].join(''),
    )
    if (failures.length === 0) return 0
    const texts = failures.map(({ message }) => message)
    process.stderr.write(
      texts.length === 1
        ? `Error: ${texts[0]}\n`
        : `Error: ${texts.length} errors occurred:\n${texts.map((each) => `\t* ${each}\n`).join('')}`,
    )
    return failures.every((each) => EngineError.is(each, 'ImageNotFound')) ? 1 : 125
  },
})
