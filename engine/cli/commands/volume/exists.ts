import { command } from '../../command.ts'
import { existsCode } from '../../exit-code.ts'

export const volumeExists = command({
  summary: 'Check if a volume exists in local storage',
  usage: 'VOLUME',
  examples: ['berth volume exists myvol'],
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => existsCode((await engine())['volume.exists']({ name })),
})
