import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const imageExists = command({
  summary: 'Check if an image exists in local storage',
  usage: 'IMAGE',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['image.exists']({ name })),
})
