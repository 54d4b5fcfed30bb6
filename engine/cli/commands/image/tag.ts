import { command } from '../../command.ts'
import { splitName } from '../../transfer/image-name.ts'

export const tag = command({
  summary: 'Add an additional name to a local image',
  usage: 'IMAGE TARGET_NAME [TARGET_NAME...]',
  flags: {},
  args: { min: 2 },
  async run({ args: [name = '', ...names], engine }) {
    const api = await engine()
    for (const each of names) await api['image.tag']({ name, ...splitName(each) })
  },
})
