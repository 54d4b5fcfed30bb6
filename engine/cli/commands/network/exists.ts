import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const networkExists = command({
  summary: 'Check if network exists',
  usage: 'NETWORK',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['network.exists']({ name })),
})
