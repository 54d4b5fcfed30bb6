import { writeFile } from 'node:fs/promises'

import { type Command, command, type CommandTable } from '../../command.ts'
import { fileReason } from '../../output/file-reason.ts'
import { print } from '../../output/print.ts'
import { bool, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

/** Prints a completion script. */
export const completion = command({
  summary: 'Generate a shell completion script',
  description:
    'Prints a script that completes commands, flags, their values and the names of what there is: source <(berth completion bash).',
  usage: '{bash|zsh|fish}',
  examples: ['source <(berth completion bash)', 'berth completion zsh > "${fpath[1]}/_berth"', 'berth completion fish | source'],
  flags: {
    file: text('f', 'Output the completion to file rather than stdout'),
    'no-desc': bool('', "Don't include descriptions in the completion output"),
  },
  args: { min: 1, max: 1 },
  local: true,
  async run({ args: [shell = ''], flags: { file, 'no-desc': plain } }) {
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
      throw new UsageError(`There is no completion for ${shell}: choose bash, zsh or fish`)
    const { completionScript } = await import('../../help/completion-script.ts')
    const script = completionScript(shell, !plain)
    if (file === undefined) return print(script)
    try {
      await writeFile(file, script)
    } catch (error) {
      throw new UsageError(`open ${file}: ${fileReason(error)}`)
    }
  },
})

/** What the script asks: the words after `berth`, the last of which is being typed. A line for each candidate, and what it is after a tab. */
export const completeWords = (table: CommandTable): Command =>
  command({
    summary: 'Print what may follow on a command line',
    usage: '[WORD...]',
    flags: {},
    passThrough: true,
    async run({ args, engine }) {
      const { complete } = await import('../../help/complete.ts')
      const found = await complete(args, { table, engine })
      print(found.map(([word, about]) => `${word}${about ? `\t${about}` : ''}\n`).join(''))
    },
  })
