import type { Command } from '../command.ts'
import { aliases, commandTable, groups } from '../command-list.ts'
import { summaryOf, wordsAfter } from '../command-tree.ts'
import type { Flag, Flags } from '../parse/flags.ts'
import { globalFlags } from '../parse/globals.ts'

/** What `berth COMMAND --help` shows. */
export function helpText(path: readonly string[], command: Command): string {
  const program = `berth ${path.join(' ')}`
  const parts = [
    `${command.summary}\n`,
    `Description:\n${indent(command.description ?? `${command.summary}.`)}`,
    `Usage:\n  ${program}${Object.keys(command.flags).length > 0 ? ' [options]' : ''}${command.usage ? ` ${command.usage}` : ''}\n`,
  ]
  if (command.examples) parts.push(`Examples:\n${command.examples.map((example) => `  ${example}\n`).join('')}`)
  const options = flagLines(command.flags)
  if (options.length > 0) parts.push(`Options:\n${options.join('')}`)
  return `${parts.join('\n')}\n`
}

/** What `berth --help` shows. */
export async function overviewText(): Promise<string> {
  const words = wordsAfter('', commandTable).filter((word) => !Object.hasOwn(aliases, word))
  return (
    'Containers, pods and images of your own, without a daemon\n\n' +
    'Usage:\n  berth [options] [command]\n\n' +
    `Available Commands:\n${await wordLines('', words)}\n` +
    `Options:\n${flagLines(globalFlags).join('')}  -v, --version                     Version of berth\n\n`
  )
}

/** What `berth pod` shows. */
export async function groupText(group: string): Promise<string> {
  return (
    `${groups[group]}\n\nDescription:\n${indent(groups[group] ?? '')}\nUsage:\n  berth ${group} [command]\n\n` +
    `Available Commands:\n${await wordLines(`${group} `, wordsAfter(group, commandTable))}\n`
  )
}

async function wordLines(prefix: string, words: readonly string[]): Promise<string> {
  const width = Math.max(10, ...words.map((word) => word.length)) + 2
  const lines = await Promise.all(
    words.map(async (word) => `  ${word.padEnd(width)}${await summaryOf(prefix + word, commandTable)}\n`),
  )
  return lines.join('')
}

/** One line for each flag that is not hidden. */
export function flagLines(flags: Flags): string[] {
  const visible = Object.entries(flags).filter(([, flag]) => !flag.hidden)
  const heads = visible.map(
    ([name, flag]) => `  ${flag.short ? `-${flag.short}, ` : '    '}--${name}${flag.value ? ` ${flag.value}` : ''}`,
  )
  const width = Math.max(0, ...heads.map((head) => head.length)) + 3
  return visible.map(([, flag], index) => `${(heads[index] ?? '').padEnd(width)}${flag.help}${defaultText(flag)}\n`)
}

function defaultText({ initial, kind }: Flag<unknown>): string {
  if (initial === undefined || initial === false || initial === '' || Array.isArray(initial)) return ''
  return ` (default ${kind === 'text' ? JSON.stringify(initial) : String(initial)})`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('')
}
