import type { Engine } from '../../contract/index.ts'
import type { Command, CommandTable } from '../command.ts'
import { summaryOf, wordsAfter } from '../command-tree.ts'
import type { Flag, Flags } from '../parse/flags.ts'
import { globalFlags } from '../parse/globals.ts'
import type { Candidate } from './candidate.ts'
import { formatFields } from './complete-format.ts'
import { type Kind, kindAt, namesOf } from './complete-names.ts'

export interface CompleteContext {
  table: CommandTable
  engine(): Promise<Engine>
}

/**
 * What may follow on a command line whose last word is being typed. Nothing where only the caller can know, as for files; names of objects
 * that cannot be asked for are left out.
 */
export async function complete(words: readonly string[], context: CompleteContext): Promise<Candidate[]> {
  const current = words.at(-1) ?? ''
  const state = await follow(words.slice(0, -1), context.table)
  const found = await candidates(state, current, context)
  return found.filter(([word]) => word.startsWith(current)).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

interface State {
  /** The command's words, as far as they are known. */
  path: string[]
  command: Command | undefined
  flags: Flags
  /** The flag whose value comes next. */
  waiting: string | undefined
  args: string[]
  /** No flags follow any more. */
  closed: boolean
}

async function follow(words: readonly string[], table: CommandTable): Promise<State> {
  const state: State = { path: [], command: undefined, flags: globalFlags, waiting: undefined, args: [], closed: false }
  for (const word of words) {
    if (state.waiting !== undefined) state.waiting = undefined
    else if (state.closed) state.args.push(word)
    else if (word === '--') state.closed = true
    else if (word.startsWith('-') && word !== '-') state.waiting = valueOf(word, state.flags)
    else if (state.command) {
      state.args.push(word)
      state.closed = state.command.stopAtFirst === true || state.command.passThrough === true
    } else await enter(state, word, table)
  }
  return state
}

async function enter(state: State, word: string, { commands, aliases }: CommandTable): Promise<void> {
  state.path.push(word)
  const name = state.path.join(' ')
  const load = commands[aliases[name] ?? name]
  if (!load || !Object.hasOwn(commands, aliases[name] ?? name)) return
  state.command = await load()
  state.flags = { ...globalFlags, ...state.command.flags }
}

/** The flag that a word leaves without its value. */
function valueOf(word: string, flags: Flags): string | undefined {
  if (word.startsWith('--')) {
    const name = word.slice(2)
    const flag = named(flags, name)
    return flag && flag[1].kind !== 'bool' ? flag[0] : undefined
  }
  const last = Object.entries(flags).find(([, { short }]) => short === word.at(-1))
  return last && last[1].kind !== 'bool' ? last[0] : undefined
}

const named = (flags: Flags, name: string): [string, Flag<unknown>] | undefined =>
  Object.entries(flags).find(([key, { aliases }]) => key === name || aliases?.includes(name))

async function candidates(state: State, current: string, context: CompleteContext): Promise<Candidate[]> {
  if (state.waiting !== undefined) return await values(state, state.waiting, current, context)
  const [, assigned] = /^--([\w-]+)=/.exec(current) ?? []
  if (assigned !== undefined && !state.closed) {
    const prefix = `--${assigned}=`
    const list = await values(state, assigned, current.slice(prefix.length), context)
    return list.map(([word, about]) => [prefix + word, about] as const)
  }
  if (current.startsWith('-') && !state.closed) return flagNames(state.flags)
  if (!state.command) {
    const group = state.path.join(' ')
    const words = wordsAfter(group, context.table)
    return Promise.all(
      words.map(async (word) => [word, await summaryOf(group === '' ? word : `${group} ${word}`, context.table)] as const),
    )
  }
  const { usage = '' } = state.command
  const kind = kindAt(usage, state.args.length, state.command.stopAtFirst === true)
  return kind === undefined ? choices(usage, state.args.length) : await ask(kind, state, context)
}

/** Words that a usage line itself gives: `{bash|zsh|fish}`. */
const choices = (usage: string, count: number): Candidate[] =>
  count > 0 ? [] : (/^\{([^}]+)\}/.exec(usage)?.[1]?.split('|') ?? []).map((word) => [word] as const)

const flagNames = (flags: Flags): Candidate[] =>
  Object.entries(flags).flatMap(([name, { short, help, hidden }]) =>
    hidden ? [] : [[`--${name}`, help] as const, ...(short ? [[`-${short}`, help] as const] : [])],
  )

/** Flags whose values are names of objects. */
const objectFlags: Readonly<Record<string, Kind>> = {
  connection: 'connection',
  network: 'network',
  pod: 'pod',
  requires: 'container',
  secret: 'secret',
  'volumes-from': 'container',
  volume: 'volume',
}

async function values(state: State, name: string, current: string, context: CompleteContext): Promise<Candidate[]> {
  const flag = named(state.flags, name)
  if (!flag) return []
  if (flag[1].choices) return flag[1].choices.map((choice) => [choice] as const)
  const canonical = context.table.aliases[state.path.join(' ')] ?? state.path.join(' ')
  if (flag[0] === 'format') return formatFields(canonical, current)
  if (flag[0] === 'filter') return (await import('./complete-filters.ts')).filterWords(canonical, current)
  const kind = objectFlags[flag[0]]
  return kind === undefined ? [] : await ask(kind, state, context)
}

async function ask(kind: Kind, { args }: State, context: CompleteContext): Promise<Candidate[]> {
  try {
    const names = await namesOf(kind, context.engine)
    return names.filter(([name]) => !args.includes(name))
  } catch {
    return []
  }
}
