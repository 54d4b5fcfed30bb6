import { command } from '../../command.ts'
import { splitName } from '../../transfer/image-name.ts'

export const untag = command({
  summary: 'Remove a name from a local image',
  description: 'Removes one or more names from an image; all of them if none is given.',
  usage: 'IMAGE [NAME...]',
  flags: {},
  args: { min: 1 },
  async run({ args: [name = '', ...names], engine }) {
    const api = await engine()
    if (names.length === 0) await api['image.untag']({ name })
    for (const each of names) await api['image.untag']({ name, ...splitName(each) })
  },
})
