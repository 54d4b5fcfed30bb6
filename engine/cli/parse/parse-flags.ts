import { ExitError } from '../exit-code.ts'
import type { Flag, Flags } from './flags.ts'
import { UsageError } from './usage-error.ts'

export interface Parsed {
  args: string[]
  values: Record<string, unknown>
  /** Long names of the flags that were given. */
  given: Set<string>
}

export interface ParseOptions {
  /** See `Command.stopAtFirst`. */
  stopAtFirst?: boolean
  /** Names of podman's flags that are refused with their own sentence. */
  notYet?: string
  /** The command in the hint to help: `berth ps`. */
  program: string
}

interface State extends Parsed {
  flags: Flags
  options: ParseOptions
  rest: string[]
}

/**
 * Splits a command line into flags and arguments by the rules of podman's (pflag): `--flag=value`, `--flag value`,
 * clusters of short flags `-it`, `-e A=b`, `-eA=b`, and `--` ends the flags.
 *
 * @throws UsageError naming the flag.
 */
export function parseFlags(flags: Flags, argv: readonly string[], options: ParseOptions): Parsed {
  const values = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, Array.isArray(flag.initial) ? [] : flag.initial]),
  )
  const state: State = { flags, options, rest: [...argv], args: [], values, given: new Set() }
  while (state.rest.length > 0) {
    const word = state.rest.shift() as string
    if (word === '--') {
      state.args.push(...state.rest)
      break
    }
    if (word.startsWith('--')) long(state, word)
    else if (word.startsWith('-') && word.length > 1) cluster(state, word)
    else if (options.stopAtFirst) {
      state.args.push(word, ...state.rest)
      break
    } else state.args.push(word)
  }
  return { args: state.args, values, given: state.given }
}

function long(state: State, word: string): void {
  const equals = word.indexOf('=')
  const name = word.slice(2, equals < 0 ? undefined : equals)
  const found = find(state.flags, name)
  if (!found) throw unknown(state, name)
  const [key, flag] = found
  const shown = flag.short ? `-${flag.short}, --${key}` : `--${key}`
  if (equals >= 0) set(state, key, flag, word.slice(equals + 1), shown)
  else if (flag.kind === 'bool') set(state, key, flag, 'true', shown)
  else set(state, key, flag, next(state, `flag needs an argument: --${name}`), shown)
}

function cluster(state: State, word: string): void {
  for (let index = 1; index < word.length; index += 1) {
    const letter = word[index] as string
    const found = Object.entries(state.flags).find(([, flag]) => flag.short === letter) ?? helpFlag(state.flags, letter)
    if (!found) throw usage(state, `unknown shorthand flag: '${letter}' in -${word.slice(index)}`)
    const [key, flag] = found
    const shown = `-${letter}, --${key}`
    let rest = word.slice(index + 1)
    if (flag.kind === 'bool' && !rest.startsWith('=')) {
      set(state, key, flag, 'true', shown)
      continue
    }
    if (rest.startsWith('=')) rest = rest.slice(1)
    else if (rest === '') rest = next(state, `flag needs an argument: '${letter}' in -${word.slice(index)}`)
    set(state, key, flag, rest, shown)
    return
  }
}

/** `-h` asks for help wherever it does not mean something else, as to `run`. */
const helpFlag = (flags: Flags, letter: string): [string, Flag<unknown>] | undefined =>
  letter === 'h' && flags['help'] ? ['help', flags['help']] : undefined

function find(flags: Flags, name: string): [string, Flag<unknown>] | undefined {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag) return [name, flag]
  return Object.entries(flags).find(([, each]) => each.aliases?.includes(name))
}

function next(state: State, problem: string): string {
  const value = state.rest.shift()
  if (value === undefined) throw usage(state, problem)
  return value
}

function set(state: State, name: string, flag: Flag<unknown>, value: string, shown: string): void {
  const invalid = (why: string) => usage(state, `invalid argument "${value}" for "${shown}" flag: ${why}`)
  const given = flag.kind === 'words' ? commaList(value, invalid) : [value]
  if (flag.choices && !given.every((each) => flag.choices?.includes(each)))
    throw refusal(flag, given) ?? invalid(`"${value}" is not a valid value.  Choose from: "${flag.choices.join(', ')}"`)
  const list = state.values[name] as string[]
  if (flag.kind === 'bool') {
    if (!/^(1|t|true|0|f|false)$/i.test(value)) throw invalid(`strconv.ParseBool: parsing "${value}": invalid syntax`)
    state.values[name] = /^(1|t|true)$/i.test(value)
  } else if (flag.kind === 'number') {
    state.values[name] = flag.value.startsWith('float')
      ? fraction(value, invalid)
      : wholeNumber(value, flag.value.startsWith('uint') ? 'uint' : 'int', invalid)
  } else if (flag.kind === 'texts') list.push(value)
  else if (flag.kind === 'words') list.push(...given)
  else state.values[name] = value
  state.given.add(name)
}

/** @returns podman's own sentence about a value that is not among the choices, where it has one. */
function refusal({ refusal: sentence, refusalCode, choices }: Flag<unknown>, given: readonly string[]): Error | undefined {
  const wrong = given.find((each) => !choices?.includes(each)) ?? ''
  if (sentence === undefined) return undefined
  const told = sentence.replaceAll('{value}', () => wrong)
  return refusalCode === undefined ? new UsageError(told) : new ExitError(refusalCode, told, undefined, { plain: true })
}

/** A list as Go reads a line of CSV: `a,b`, or `"a,b",c` for a value that has a comma; nothing for an empty text. */
function commaList(text: string, invalid: (why: string) => UsageError): string[] {
  if (text === '') return []
  if (!text.includes('"')) return text.split(',')
  const list: string[] = []
  for (let at = 0; ;) {
    const field = text[at] === '"' ? /"((?:[^"]|"")*)"/y : /([^,]*)/y
    field.lastIndex = at
    const [whole, value] = field.exec(text) ?? []
    if (whole === undefined || value === undefined)
      throw invalid(`parse error on line 1, column ${text.length + 1}: extraneous or missing " in quoted-field`)
    at += whole.length
    if (text[at - whole.length] === '"' ? at < text.length && text[at] !== ',' : value.includes('"'))
      throw invalid(`parse error on line 1, column ${at}: bare " in non-quoted field`)
    list.push(value.replaceAll('""', '"'))
    if (at >= text.length) return list
    at += 1
  }
}

function fraction(value: string, invalid: (why: string) => UsageError): number {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value))
    throw invalid(`strconv.ParseFloat: parsing "${value}": invalid syntax`)
  return Number(value)
}

/** Podman's message, which is that of Go's strconv. */
function wholeNumber(value: string, kind: 'int' | 'uint', invalid: (why: string) => UsageError): number {
  const sign = kind === 'int' ? '([-+]?)' : '()'
  const [, minus, digits] = new RegExp(`^${sign}(0x[\\da-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\\d*)$`, 'i').exec(value) ?? []
  const refuse = (why: string): UsageError =>
    invalid(`strconv.Parse${kind === 'int' ? 'Int' : 'Uint'}: parsing "${value}": ${why}`)
  if (digits === undefined) throw refuse('invalid syntax')
  const number = Number(digits.replace(/^0(?=[0-7])/, '0o'))
  if (!Number.isSafeInteger(number)) throw refuse('value out of range')
  return minus === '-' ? -number : number
}

function unknown(state: State, name: string): UsageError {
  if (state.options.notYet?.split(/\s+/).includes(name))
    return usage(state, `--${name} is a flag of podman's that Berth does not have yet`)
  return usage(state, `unknown flag: --${name}`)
}

function usage({ options }: State, message: string): UsageError {
  return new UsageError(message, `See '${options.program} --help'`)
}
