import type { TemplateError } from './tree.ts'

/** A token of a template. `space` tokens separate operands; `text` lies outside of actions. */
export interface Token {
  kind: 'text' | 'open' | 'close' | 'space' | 'word' | 'field' | 'variable' | 'string' | 'char' | 'number' | 'mark' | 'eof'
  text: string
  pos: number
}

const inAction =
  /(?<space>[ \t\r\n]+)|(?<string>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)|(?<char>'(?:[^'\\\n]|\\[^\n])+')|(?<number>[-+]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][-+]?\d+)?\.?)(?![\w]))|(?<variable>\$\w*)|(?<field>\.[\p{L}_]\w*)|(?<mark>:=|[|(),=.])|(?<word>[\p{L}_]\w*)/uy

/** Splits a template; `{{-` and `-}}` trim the white space beside them, comments are left out. @throws TemplateError */
export function lex(source: string, fail: (message: string, pos: number) => TemplateError): Token[] {
  const tokens: Token[] = []
  let pos = 0
  let trim = false
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', pos)) {
    let text = source.slice(pos, open)
    if (trim) text = text.replace(/^[ \t\r\n]+/, '')
    let begin = open + 2
    if (/^-[ \t\r\n]/.test(source.slice(begin, begin + 2))) {
      text = text.replace(/[ \t\r\n]+$/, '')
      begin += 2
    }
    if (text !== '') tokens.push({ kind: 'text', text, pos })
    const end = /^\s*\/\*/.test(source.slice(begin)) ? comment(source, begin, fail) : lexAction(source, open, begin, tokens, fail)
    pos = end.pos
    trim = end.trim
  }
  let rest = source.slice(pos)
  if (trim) rest = rest.replace(/^[ \t\r\n]+/, '')
  if (rest !== '') tokens.push({ kind: 'text', text: rest, pos })
  tokens.push({ kind: 'eof', text: 'EOF', pos: source.length })
  return tokens
}

type Fail = (message: string, pos: number) => TemplateError

interface End {
  pos: number
  trim: boolean
}

function comment(source: string, begin: number, fail: Fail): End {
  const close = source.indexOf('*/', begin)
  if (close < 0) throw fail('unclosed comment', begin)
  const [ending] = /^(?:[ \t\r\n]-)?\}\}/.exec(source.slice(close + 2, close + 6)) ?? []
  if (ending === undefined) throw fail('comment ends before closing delimiter', begin)
  return { pos: close + 2 + ending.length, trim: ending.length > 2 }
}

function lexAction(source: string, open: number, begin: number, tokens: Token[], fail: Fail): End {
  tokens.push({ kind: 'open', text: '{{', pos: open })
  let depth = 0
  for (let pos = begin; ;) {
    const [ending] = /^(?:[ \t\r\n]-)?\}\}/.exec(source.slice(pos, pos + 4)) ?? []
    if (ending !== undefined) {
      if (depth > 0) throw fail('unclosed left paren', pos)
      tokens.push({ kind: 'close', text: '}}', pos })
      return { pos: pos + ending.length, trim: ending.length > 2 }
    }
    if (pos >= source.length) throw fail('unclosed action', pos)
    inAction.lastIndex = pos
    const groups = inAction.exec(source)?.groups
    if (!groups) throw unexpected(source, pos, fail)
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined) as [Token['kind'], string]
    tokens.push({ kind, text, pos })
    const after = source.slice(pos + text.length)
    if ((kind === 'field' || kind === 'variable' || kind === 'word' || text === '.') && !/^(?:$|[\s.,|:)(=]|\}\})/.test(after))
      throw fail(`bad character ${shownChar(after)}`, pos)
    if (text === '(') depth += 1
    if (text === ')' && --depth < 0) throw fail("unexpected right paren U+0029 ')'", pos)
    pos += text.length
  }
}

function unexpected(source: string, pos: number, fail: Fail): TemplateError {
  const char = String.fromCodePoint(source.codePointAt(pos) ?? 0)
  if (char === '"') return fail('unterminated quoted string', pos)
  if (char === '`') return fail('unterminated raw quoted string', pos)
  if (char === "'") return fail('unterminated character constant', pos)
  const [number] = /^[-+]?[\d.][\w.]*/.exec(source.slice(pos)) ?? []
  if (number !== undefined && /\d/.test(number)) return fail(`bad number syntax: ${JSON.stringify(number)}`, pos)
  return fail(`unrecognized character in action: ${shownChar(char)}`, pos)
}

function shownChar(text: string): string {
  const code = text.codePointAt(0) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`
}
