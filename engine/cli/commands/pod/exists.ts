import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const podExists = command({
  summary: 'Check if a pod exists in local storage',
  usage: 'POD',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['pod.exists']({ name })),
})
