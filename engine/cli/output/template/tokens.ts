import { TemplateError } from './tree.ts'

/** A token between `{{` and `}}`. */
export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'field'; names: string[]; glued: boolean }
  | { kind: 'variable'; name: string; names: string[] }
  | { kind: 'literal'; value: unknown }
  | { kind: 'mark'; text: string }

const pattern =
  /\s*(?:(?<string>"(?:[^"\\\n]|\\.)*")|(?<raw>`[^`]*`)|(?<char>'(?:[^'\\]|\\.)')|(?<number>[-+]?\d+(?:\.\d+)?)|(?<variable>\$\w*(?:\.\w+)*)|(?<field>(?:\.\w+)+|\.)|(?<mark>:=|[|(),=])|(?<word>\w+))/gy

/** Splits an action. @throws TemplateError at what cannot be one. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  const end = source.trimEnd().length
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex
    const groups = pattern.exec(source)?.groups
    if (!groups) throw new TemplateError(`unexpected "${source.slice(at).trim().slice(0, 20)}" in command`)
    tokens.push(tokenOf(groups, /\S/.test(source[at] ?? ' ')))
  }
  return tokens
}

function tokenOf(groups: Record<string, string | undefined>, glued: boolean): Token {
  const { string, raw, char, number, variable, field, mark, word } = groups
  if (string !== undefined) return { kind: 'literal', value: unquote(string) }
  if (raw !== undefined) return { kind: 'literal', value: raw.slice(1, -1) }
  if (char !== undefined) return { kind: 'literal', value: char.codePointAt(1) }
  if (number !== undefined) return { kind: 'literal', value: Number(number) }
  if (variable !== undefined) {
    const [name = '$', ...names] = variable.split('.')
    return { kind: 'variable', name, names }
  }
  if (field !== undefined) return { kind: 'field', names: field.split('.').filter((name) => name !== ''), glued }
  if (mark !== undefined) return { kind: 'mark', text: mark }
  return { kind: 'word', text: word ?? '' }
}

/** @throws TemplateError for an escape that is none. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted.replaceAll("\\'", "'").replaceAll('\t', '\\t')) as string
  } catch {
    throw new TemplateError(`invalid syntax: ${quoted.slice(0, 40)}`)
  }
}
