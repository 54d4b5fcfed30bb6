import type { Command } from './command.ts'
import { aliases, commands, groups } from './command-list.ts'
import { UsageError } from './parse/usage-error.ts'
import { print } from './output/print.ts'

/** A command and the words after its name; or, for a group or no command at all, the text to show. */
export type Found = { path: string[]; command: Command; rest: string[] } | { text: string; code: number }

/**
 * The command at the start of `words`.
 *
 * @throws UsageError for an unknown one, with the closest known one.
 */
export async function findCommand(words: readonly string[], help: boolean): Promise<Found> {
  const asked = words[0] === 'help' ? words.slice(1) : words
  if (words[0] === 'help')
    return findCommand(
      asked.filter((word) => word !== '-h' && word !== '--help'),
      true,
    )
  const [first] = asked
  if (first === undefined) {
    const { overviewText } = await import('./help/help.ts')
    if (help) return { text: await overviewText(), code: 0 }
    print(await overviewText())
    throw new UsageError("missing command 'berth COMMAND'")
  }
  for (let count = Math.min(longestName, asked.length); count > 0; count -= 1) {
    const name = asked.slice(0, count).join(' ')
    const canonical = Object.hasOwn(aliases, name) ? aliases[name]! : name
    const load = Object.hasOwn(commands, canonical) ? commands[canonical] : undefined
    if (!load) continue
    const path = asked.slice(0, count)
    return { path, command: (await load()) as Command, rest: help ? [...asked.slice(count), '--help'] : asked.slice(count) }
  }
  return await findGroup(asked, help)
}

const longestName = 3

async function findGroup(asked: readonly string[], help: boolean): Promise<Found> {
  let count = 0
  while (Object.hasOwn(groups, asked.slice(0, count + 1).join(' ')) && count < asked.length) count += 1
  const group = asked.slice(0, count).join(' ')
  const next = asked[count]
  if (count > 0 && (next === undefined || next.startsWith('-'))) {
    const { groupText } = await import('./help/help.ts')
    if (help || next === '--help' || next === '-h') return { text: await groupText(group), code: 0 }
    print(await groupText(group))
    throw new UsageError(`missing command 'berth ${group} COMMAND'`)
  }
  throw unknownCommand(asked.slice(0, count + 1).join(' '))
}

function unknownCommand(name: string): UsageError {
  const near = [...Object.keys(commands), ...Object.keys(groups)].filter((each) => distance(each, name) <= 2)
  const suggestion = near.length > 0 ? `\nDid you mean this?\n${near.map((each) => `\t${each}\n`).join('')}\n` : ''
  const group = name.slice(0, Math.max(name.lastIndexOf(' '), 0))
  const help = group === '' ? 'berth --help' : `berth ${group} --help`
  return new UsageError(`unrecognized command \`berth ${name}\``, `${suggestion}Try '${help}' for more information`)
}

/** How many letters differ (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      row[j] = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
  }
  return row[b.length] ?? 0
}
