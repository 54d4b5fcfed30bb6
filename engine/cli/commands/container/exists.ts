import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const containerExists = command({
  summary: 'Check if a container exists in local storage',
  usage: 'CONTAINER',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['container.exists']({ name })),
})
