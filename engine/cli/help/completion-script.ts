import type { CommandTable } from '../command.ts'
import { wordsAfter } from '../command-tree.ts'
import { globalFlags } from '../parse/globals.ts'
import type { Flags } from '../parse/flags.ts'

/** A script for the shell that completes what a table of commands describes. */
export async function completionScript(shell: 'bash' | 'zsh' | 'fish', table: CommandTable): Promise<string> {
  const words = await allWords(table)
  if (shell === 'fish') return fish(words)
  const cases = Object.entries(words).map(([path, list]) => `    "${path}") words="${list.join(' ')}" ;;\n`)
  const prelude = shell === 'zsh' ? '#compdef berth\nautoload -U +X bashcompinit && bashcompinit\n' : ''
  return `${prelude}# bash completion for berth
_berth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) path="$path\${path:+ }$word"; [ -n "$(_berth_words "$path")" ] || { path=\${path% *}; [ "$path" = "$word" ] && path=""; break; } ;; esac
  done
  words=$(_berth_words "$path")
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
_berth_words() {
  local words=""
  case $1 in
${cases.join('')}  esac
  echo "$words"
}
complete -o default -F _berth berth
`
}

function fish(words: Record<string, string[]>): string {
  const lines = Object.entries(words).map(([path, list]) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ')
    return `complete -c berth -n '${condition}' -a '${list.join(' ')}'\n`
  })
  return `# fish completion for berth\n${lines.join('')}`
}

/** The words that may follow each prefix of a command line. */
async function allWords(table: CommandTable): Promise<Record<string, string[]>> {
  const { commands, aliases, groups, hiddenCommands } = table
  const names = [...Object.keys(commands), ...Object.keys(aliases)].filter((name) => !hiddenCommands.has(name))
  const words: Record<string, string[]> = {
    '': [...wordsAfter('', table), ...flagWords(globalFlags)],
  }
  for (const group of Object.keys(groups)) words[group] = wordsAfter(group, table)
  for (const name of names) words[name] = flagWords((await commands[aliases[name] ?? name]?.())?.flags ?? {})
  return words
}

function flagWords(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, flag]) =>
    flag.hidden ? [] : [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])],
  )
}
