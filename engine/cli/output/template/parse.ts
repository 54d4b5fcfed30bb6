import { type Token, tokenize } from './tokens.ts'
import { type Expression, type Node, type Pipeline, TemplateError } from './tree.ts'

type Piece = { kind: 'text'; text: string } | { kind: 'code'; source: string }

/** Reads a Go template (text/template): actions, pipelines, variables, if, with and range. @throws TemplateError */
export function parseTemplate(source: string): Node[] {
  const pieces = split(source)
  const nodes = block(pieces, false).nodes
  return nodes
}

/** Text and actions; `{{-` and `-}}` trim the white space beside them. */
function split(source: string): Piece[] {
  const pieces: Piece[] = []
  let rest = source
  let trim = false
  for (let open = rest.indexOf('{{'); open >= 0; open = rest.indexOf('{{')) {
    const close = closing(rest, open + 2)
    let text = rest.slice(0, open)
    let code = rest.slice(open + 2, close)
    if (trim) text = text.trimStart()
    if (/^-\s/.test(code)) {
      text = text.trimEnd()
      code = code.slice(1)
    }
    trim = /\s-$/.test(code)
    if (trim) code = code.slice(0, -1)
    pieces.push({ kind: 'text', text })
    if (!/^\s*\/\*/.test(code)) pieces.push({ kind: 'code', source: code })
    rest = rest.slice(close + 2)
  }
  pieces.push({ kind: 'text', text: trim ? rest.trimStart() : rest })
  return pieces
}

function closing(text: string, from: number): number {
  const found = /(?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\}).)*?\}\}/sy
  found.lastIndex = from
  if (!found.test(text)) throw new TemplateError('unclosed action')
  return found.lastIndex - 2
}

interface Block {
  nodes: Node[]
  /** What ended it: `end`, `else`, or what follows an `else`. */
  end: string | undefined
}

function block(pieces: Piece[], nested: boolean): Block {
  const nodes: Node[] = []
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    if (piece.kind === 'text') {
      if (piece.text !== '') nodes.push(piece)
      continue
    }
    const source = piece.source.trim()
    const [word = ''] = /^\w+/.exec(source) ?? []
    if (word === 'end' || word === 'else') {
      if (!nested) throw new TemplateError(`unexpected {{${source}}}`)
      return { nodes, end: word === 'end' ? 'end' : source.slice(4).trim() || 'else' }
    }
    if (word === 'if' || word === 'with' || word === 'range') nodes.push(branch(word, source.slice(word.length), pieces))
    else nodes.push({ kind: 'action', pipe: pipeline(source) })
  }
  if (nested) throw new TemplateError('unexpected EOF')
  return { nodes, end: undefined }
}

function branch(kind: 'if' | 'with' | 'range', source: string, pieces: Piece[]): Node {
  const pipe = pipeline(source)
  const body = block(pieces, true)
  if (body.end === 'end') return { kind, pipe, body: body.nodes, otherwise: [] }
  if (body.end === 'else') return { kind, pipe, body: body.nodes, otherwise: block(pieces, true).nodes }
  const [, word = '', condition = ''] = /^(if|with)\s(.*)$/s.exec(body.end ?? '') ?? []
  if (word === '') throw new TemplateError(`unexpected {{else ${body.end}}}`)
  return { kind, pipe, body: body.nodes, otherwise: [branch(word as 'if' | 'with', condition, pieces)] }
}

function pipeline(source: string): Pipeline {
  const tokens = tokenize(source)
  const parsed = pipe(tokens)
  if (tokens.length > 0) throw new TemplateError(`unexpected "${show(tokens[0])}" in command`)
  return parsed
}

function pipe(tokens: Token[]): Pipeline {
  const declare: string[] = []
  const sign = tokens.findIndex((token) => token.kind === 'mark' && (token.text === ':=' || token.text === '='))
  if (sign > 0 && tokens[0]?.kind === 'variable') {
    for (const token of tokens.splice(0, sign + 1)) if (token.kind === 'variable') declare.push(token.name)
  }
  const commands: Expression[][] = []
  do commands.push(operands(tokens))
  while (isMark(tokens[0], '|') && tokens.shift())
  return { declare, commands }
}

function operands(tokens: Token[]): Expression[] {
  const list: Expression[] = []
  while (tokens.length > 0 && !isMark(tokens[0], '|') && !isMark(tokens[0], ')')) list.push(operand(tokens))
  if (list.length === 0) throw new TemplateError('missing value for command')
  return list
}

function operand(tokens: Token[]): Expression {
  const token = tokens.shift() as Token
  if (token.kind === 'field') return { kind: 'field', names: token.names, text: `.${token.names.join('.')}` }
  if (token.kind === 'variable' || token.kind === 'literal') return token
  if (token.kind === 'word') return wordValue(token.text)
  if (token.text !== '(') throw new TemplateError(`unexpected "${token.text}" in operand`)
  const inner = pipe(tokens)
  if (!isMark(tokens.shift(), ')')) throw new TemplateError('unclosed left paren')
  const next = tokens[0]
  const group: Expression = { kind: 'pipe', pipe: inner }
  if (next?.kind !== 'field' || !next.glued) return group
  tokens.shift()
  return { kind: 'field', names: next.names, of: group, text: `.${next.names.join('.')}` }
}

function wordValue(text: string): Expression {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' }
  return text === 'nil' ? { kind: 'literal', value: null } : { kind: 'function', name: text }
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}

function show(token: Token | undefined): string {
  if (!token) return 'EOF'
  return token.kind === 'word' || token.kind === 'mark' ? token.text : token.kind
}
