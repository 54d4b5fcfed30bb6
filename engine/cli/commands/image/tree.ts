import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

export const imageTree = command({
  summary: 'Print layer hierarchy of an image in a tree format',
  usage: 'IMAGE',
  examples: ['berth image tree alpine:latest', 'berth image tree --whatrequires alpine:latest'],
  flags: { whatrequires: bool('', 'Show all child images and layers of the specified image') },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine }) {
    const { Tree } = await (await engine())['image.tree']({ name, whatrequires: flags.whatrequires })
    print(`${Tree}\n`)
  },
})
