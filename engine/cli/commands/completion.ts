import { command } from '../command.ts'
import { completionScript } from '../completion-script.ts'
import { UsageError } from '../parse/usage-error.ts'

export const completion = command({
  summary: 'Generate a shell completion script',
  description: 'Prints a script that completes commands and flags: source <(berth completion bash).',
  usage: '{bash|zsh|fish}',
  flags: {},
  args: { min: 1, max: 1 },
  local: true,
  async run({ args: [shell = ''] }) {
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
      throw new UsageError(`There is no completion for ${shell}: choose bash, zsh or fish`)
    process.stdout.write(await completionScript(shell))
  },
})
