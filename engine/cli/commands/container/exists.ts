import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'
import { bool } from '../../parse/flags.ts'

export const containerExists = command({
  summary: 'Check if a container exists in local storage',
  usage: 'CONTAINER',
  flags: { external: bool('', 'Check other containers in the store, of which there are none', false, { hidden: true }) },
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['container.exists']({ name })),
})
