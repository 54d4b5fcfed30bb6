import type { CommandTable } from './command.ts'

/** The words that may follow a prefix of a command (`image`, or nothing), in order: commands, aliases and groups. */
export function wordsAfter(beginning: string, { commands, aliases, groups, hiddenCommands }: CommandTable): string[] {
  const prefix = beginning === '' ? '' : `${beginning} `
  const names = [...Object.keys(commands), ...Object.keys(aliases), ...Object.keys(groups)]
  const next = names
    .filter((name) => name.startsWith(prefix) && !hiddenCommands.has(name))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => !rest.includes(' '))
  return [...new Set(next)].toSorted()
}

/** One line for a command, alias or group. */
export async function summaryOf(name: string, { commands, aliases, groups }: CommandTable): Promise<string> {
  return groups[name] ?? (await commands[aliases[name] ?? name]?.())?.summary ?? ''
}
