import { EngineError } from '../../../errors/index.ts'

/** POSIX classes, which may stand within brackets. */
const classes: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
}

const maxLength = 1000

/**
 * A regular expression in Go's syntax (RE2: pkg.go.dev/regexp/syntax), as far as JavaScript can say the same: with `(?i)`,
 * `[[:alpha:]]`, `\A`, `\z`, `\Q…\E`, `(?P<name>…)`. What RE2 refuses is refused: looking around and references back.
 * @throws EngineError InvalidArgument
 */
export function goRegExp(text: string): RegExp {
  if (text.length > maxLength) throw refused(`it is longer than ${maxLength} characters`)
  const state: State = { text, at: 0, out: '', open: [[]] }
  while (state.at < text.length) step(state)
  if (state.open.length > 1) throw refused(`missing closing ): \`${text}\``)
  try {
    return new RegExp(state.out + ')'.repeat(state.open[0]!.length), 'u')
  } catch (cause) {
    throw refused((cause as Error).message.replace(/^Invalid regular expression: /, ''), cause)
  }
}

interface State {
  text: string
  at: number
  out: string
  /** For the whole, and each group that is open: flags that were set within, each of which has opened a group of ours. */
  open: string[][]
}

function step(state: State): void {
  const rest = state.text.slice(state.at)
  const [char = ''] = rest
  const take = (length: number, out: string): void => {
    state.at += length
    state.out += out
  }
  if (char === '\\') return escape(state, rest)
  if (char === '[') return bracket(state, rest)
  if (char === '(') return group(state, rest)
  if (char === ')') {
    if (state.open.length === 1) throw refused(`unexpected ): \`${state.text}\``)
    return take(1, ')'.repeat(1 + state.open.pop()!.length))
  }
  if (char === '|') {
    const flags = state.open.at(-1)!
    return take(1, `${')'.repeat(flags.length)}|${flags.map((each) => `(?${each}:`).join('')}`)
  }
  const repeat = /^\{\d+(,\d*)?\}/.exec(rest)?.[0]
  if (repeat !== undefined) return take(repeat.length, repeat)
  take(1, '{}]'.includes(char) ? `\\${char}` : char)
}

function group(state: State, rest: string): void {
  const [head = '(', named, flags, end] = /^\((?:\?(?:P?<(\w+)>|([a-zA-Z-]*)([:)])))?/.exec(rest) ?? []
  if (head === '(' && rest.startsWith('(?')) throw unsupported(/^\(\?<?[^)]?/.exec(rest)![0])
  state.at += head.length
  if (named !== undefined) state.out += `(?<${named}>`
  else if (flags === undefined) state.out += '('
  else {
    if (!/^[ims]*(-[ims]+)?$/.test(flags) || (flags === '' && end === ')')) throw unsupported(head)
    state.out += flags === '' ? '(?:' : `(?${flags}:`
    if (end === ')') {
      // From here to the end of the group around it.
      state.open.at(-1)!.push(flags)
      return
    }
  }
  state.open.push([])
}

function escape(state: State, rest: string): void {
  const quoted = /^\\Q(.*?)(\\E|$)/s.exec(rest)
  if (quoted) {
    state.at += quoted[0].length
    state.out += quoted[1]!.replace(/./gsu, (char) => literal(char))
    return
  }
  const [whole, out] = escaped(rest)
  state.at += whole.length
  state.out += out
}

/** One escape: what it is in the text, and in JavaScript. */
function escaped(rest: string, inBrackets = false): [string, string] {
  const letter = rest[1]
  if (letter === undefined) throw refused('trailing backslash at end of expression: ``')
  if (!inBrackets && letter === 'A') return ['\\A', '(?<![\\s\\S])']
  if (!inBrackets && letter === 'z') return ['\\z', '(?![\\s\\S])']
  if ('dDsSwWtnrfv'.includes(letter) || (!inBrackets && 'bB'.includes(letter))) return [`\\${letter}`, `\\${letter}`]
  if (letter === 'a') return ['\\a', '\\x07']
  const hex = /^\\x(?:\{([\da-fA-F]+)\}|([\da-fA-F]{2}))/.exec(rest)
  if (hex) return [hex[0], `\\u{${hex[1] ?? hex[2]}}`]
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest)
  if (property) {
    const [all, p = '', not = '', long, short] = property
    const negative = (p === 'P') !== (not === '^')
    const name = long ?? short ?? ''
    return [all, `\\${negative ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`]
  }
  if (/[A-Za-z0-9]/.test(letter) || letter > '~') throw refused(`invalid escape sequence: \`\\${letter}\``)
  return [`\\${letter}`, literal(letter, inBrackets)]
}

/** `[…]`: a class of POSIX within it, and a `]` that comes first, are no JavaScript. */
function bracket(state: State, rest: string): void {
  const [head = '['] = /^\[\^?/.exec(rest) ?? []
  let at = head.length
  let out = head
  for (let first = true; ; first = false) {
    const char = rest[at]
    if (char === undefined) throw refused(`missing closing ]: \`${rest}\``)
    if (char === ']' && !first) break
    const posix = /^\[:(\^?)(\w+):\]/.exec(rest.slice(at))
    const [whole, said] = posix
      ? [posix[0], posixClass(posix[2]!, posix[1] === '^')]
      : char === '\\'
        ? escaped(rest.slice(at), true)
        : [char, char === '[' || char === ']' ? `\\${char}` : char]
    at += whole.length
    out += said
  }
  state.at += at + 1
  state.out += `${out}]`
}

function posixClass(name: string, negative: boolean): string {
  const known = Object.hasOwn(classes, name) ? classes[name] : undefined
  if (known === undefined) throw refused(`invalid character class range: \`[:${name}:]\``)
  if (negative) throw unsupported(`[:^${name}:]`)
  return known
}

/** A character as itself: elsewhere than JavaScript wants a backslash, it refuses one. */
const literal = (char: string, inBrackets = false): string =>
  (inBrackets ? /[\^\\[\]-]/ : /[\^$\\.*+?()[\]{}|/]/).test(char) ? `\\${char}` : char

const unsupported = (what: string): EngineError => refused(`invalid or unsupported Perl syntax: \`${what}\``)

const refused = (why: string, cause?: unknown): EngineError =>
  new EngineError('InvalidArgument', `error parsing regexp: ${why}`, cause === undefined ? {} : { cause })
