import { command } from '../../command.ts'

export const rename = command({
  summary: 'Rename an existing container',
  usage: 'CONTAINER NAME',
  flags: {},
  args: { min: 2, max: 2 },
  async run({ args: [container = '', name = ''], engine }) {
    await (await engine())['container.rename']({ container, name })
  },
})
