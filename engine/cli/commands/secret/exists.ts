import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const secretExists = command({
  summary: 'Check if a secret exists in local storage',
  usage: 'SECRET',
  examples: ['berth secret exists ID'],
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['secret.exists']({ name })),
})
