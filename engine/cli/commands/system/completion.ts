import { type Command, command, type CommandTable } from '../../command.ts'
import { completionScript } from '../../help/completion-script.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

/** The command that prints a completion script for all commands of a table, itself among them. */
export function completion(table: CommandTable): Command {
  return command({
    summary: 'Generate a shell completion script',
    description: 'Prints a script that completes commands and flags: source <(berth completion bash).',
    usage: '{bash|zsh|fish}',
    flags: {},
    args: { min: 1, max: 1 },
    local: true,
    async run({ args: [shell = ''] }) {
      if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
        throw new UsageError(`There is no completion for ${shell}: choose bash, zsh or fish`)
      print(await completionScript(shell, table))
    },
  })
}
