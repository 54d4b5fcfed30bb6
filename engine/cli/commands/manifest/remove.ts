import { command } from '../../command.ts'
import { print } from '../../output/print.ts'

export const manifestRemove = command({
  summary: 'Remove an item from a manifest list or image index',
  usage: 'LIST DIGEST',
  examples: ['berth manifest remove mylist:v1.11 sha256:15352d97781ffdf357bf3459c037be3efac4133dc9070c2dce7eca7c05c3e736'],
  flags: {},
  args: { min: 2, max: 2 },
  async run({ args: [name = '', digest = ''], engine }) {
    const { Id } = await (await engine())['manifest.modify']({ name, body: { operation: 'remove', images: [digest] } })
    print(`${Id}\n`)
  },
})
