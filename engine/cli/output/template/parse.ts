import { lex, type Token } from './lex.ts'
import { parseChar, parseNumber, unquote } from './literals.ts'
import { type CommandNode, type Expression, type Node, type Pipeline, type Template, TemplateError } from './tree.ts'

interface Parser {
  tokens: Token[]
  at: number
  /** Variables in scope: a name that is not there cannot be used. */
  variables: string[]
  /** How many blocks are open. */
  depth: number
  /** How many loops are open. */
  loops: number
  defined: Map<string, Node[]>
  isFunction(name: string): boolean
  fail(message: string, pos?: number): TemplateError
}

/**
 * Parses a Go template (text/template).
 *
 * @param name in messages: `template: NAME:1: …`.
 * @throws TemplateError with Go's message
 */
export function parseTemplate(name: string, text: string, isFunction: (name: string) => boolean): Template {
  const failure = (message: string, pos: number) =>
    new TemplateError(`template: ${name}:${text.slice(0, pos).split('\n').length}: ${message}`)
  const tokens = lex(text, failure)
  const parser: Parser = {
    tokens,
    at: 0,
    variables: ['$'],
    depth: 0,
    loops: 0,
    defined: new Map(),
    isFunction,
    fail: (message, pos = tokens[Math.min(parser.at, tokens.length - 1)]?.pos ?? 0) => failure(message, pos),
  }
  const { nodes, end } = parseNodes(parser)
  if (end.word !== 'eof') throw parser.fail(`unexpected {{${end.word}}}`, end.pos)
  return { name, text, nodes, defined: parser.defined }
}

interface Block {
  nodes: Node[]
  /** The word that ended it. */
  end: { word: 'end' | 'else' | 'eof'; pos: number }
}

function parseNodes(parser: Parser): Block {
  const nodes: Node[] = []
  for (;;) {
    const token = next(parser)
    if (token.kind === 'eof') return { nodes, end: { word: 'eof', pos: token.pos } }
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', text: token.text, pos: token.pos })
      continue
    }
    skipSpace(parser)
    const word = peek(parser)
    if (word.kind === 'word') {
      if (word.text === 'end' || word.text === 'else') {
        parser.at += 1
        if (word.text === 'end') close(parser, 'end')
        return { nodes, end: { word: word.text, pos: word.pos } }
      }
      const node = keyword(parser, word)
      if (node !== undefined) {
        if (node) nodes.push(node)
        continue
      }
    }
    const pipe = pipeline(parser, 'command')
    nodes.push({ kind: 'action', pipe, pos: token.pos })
  }
}

/** A node for a word of the language; null for one that leaves nothing, undefined where the word is none. */
function keyword(parser: Parser, { text, pos }: Token): Node | null | undefined {
  switch (text) {
    case 'if':
    case 'with':
    case 'range':
      parser.at += 1
      return branch(parser, text, pos)
    case 'break':
    case 'continue':
      // Functions of these names would win, as in Go; there are none.
      parser.at += 1
      close(parser, text)
      if (parser.loops === 0) throw parser.fail(`{{${text}}} outside {{range}}`, pos)
      return { kind: text, pos }
    case 'template':
      parser.at += 1
      return callOf(parser)
    case 'define':
      if (parser.depth > 0) throw parser.fail('unexpected <define> in command', pos)
      parser.at += 1
      define(parser, name(parser, 'define clause'))
      return null
    case 'block': {
      parser.at += 1
      const of = name(parser, 'block clause')
      const pipe = pipeline(parser, 'block clause')
      body(parser, of)
      return { kind: 'template', name: of, pipe, pos }
    }
    default:
      return undefined
  }
}

function callOf(parser: Parser): Node {
  skipSpace(parser)
  const { pos } = peek(parser)
  const of = name(parser, 'template clause')
  skipSpace(parser)
  if (peek(parser).kind === 'close') {
    parser.at += 1
    return { kind: 'template', name: of, pipe: undefined, pos }
  }
  return { kind: 'template', name: of, pipe: pipeline(parser, 'template clause'), pos }
}

function define(parser: Parser, of: string): void {
  close(parser, 'define clause')
  body(parser, of)
}

function body(parser: Parser, of: string): void {
  const { variables, loops } = parser
  parser.variables = ['$']
  parser.loops = 0
  const { nodes, end } = parseNodes(parser)
  if (end.word !== 'end')
    throw parser.fail(end.word === 'eof' ? 'unexpected EOF' : 'unexpected {{else}} in define clause', end.pos)
  Object.assign(parser, { variables, loops })
  parser.defined.set(of, nodes)
}

function name(parser: Parser, context: string): string {
  skipSpace(parser)
  const token = next(parser)
  if (token.kind !== 'string') throw unexpected(parser, token, context)
  return unquote(token.text, () => parser.fail(`invalid syntax`, token.pos))
}

function branch(parser: Parser, kind: 'if' | 'with' | 'range', pos: number): Node {
  const outer = parser.variables.length
  if (kind === 'range') parser.loops += 1
  parser.depth += 1
  const pipe = pipeline(parser, kind)
  const { nodes, end } = parseNodes(parser)
  if (kind === 'range') parser.loops -= 1
  const made = { kind, pipe, body: nodes, pos }
  let otherwise: Node[] | undefined
  if (end.word === 'eof') throw parser.fail('unexpected EOF', end.pos)
  if (end.word === 'else') otherwise = elseOf(parser, kind)
  parser.variables.length = outer
  parser.depth -= 1
  return { ...made, otherwise }
}

/** `{{else}}`, or `{{else if …}}` that ends together with what it belongs to. */
function elseOf(parser: Parser, kind: 'if' | 'with' | 'range'): Node[] {
  skipSpace(parser)
  const word = peek(parser)
  if (word.kind === 'word' && word.text === kind && kind !== 'range') {
    parser.at += 1
    return [branch(parser, kind, word.pos)]
  }
  close(parser, 'else')
  const { nodes, end } = parseNodes(parser)
  if (end.word !== 'end') throw parser.fail(end.word === 'else' ? 'expected end; found {{else}}' : 'unexpected EOF', end.pos)
  return nodes
}

/** A pipeline up to the end of its action, or of its parenthesis. */
function pipeline(parser: Parser, context: string, ending: 'close' | 'mark' = 'close'): Pipeline {
  skipSpace(parser)
  const { pos } = peek(parser)
  const { declare, assigns } = declarations(parser, context)
  const commands: CommandNode[] = []
  for (;;) {
    skipSpace(parser)
    const token = peek(parser)
    if (ending === 'close' ? token.kind === 'close' : token.text === ')' && token.kind === 'mark') {
      parser.at += 1
      break
    }
    if (token.kind === 'mark' && token.text !== '(' && token.text !== '.') throw unexpected(parser, token, context)
    commands.push(command(parser, context))
  }
  if (commands.length === 0) throw parser.fail(`missing value for ${context}`)
  for (const [index, each] of commands.slice(1).entries()) {
    const head = each.operands[0]
    if (head?.kind === 'literal' || head?.kind === 'dot' || head?.kind === 'nil')
      throw parser.fail(`non executable command in pipeline stage ${index + 2}`)
  }
  const text = commands.map((each) => each.text).join(' | ')
  return { declare, assigns, commands, pos, text: declare.length > 0 ? `${declare.join(', ')} := ${text}` : text }
}

function declarations(parser: Parser, context: string): { declare: string[]; assigns: boolean } {
  const begin = parser.at
  const declare: string[] = []
  while (peek(parser).kind === 'variable') {
    declare.push(next(parser).text)
    skipSpace(parser)
    const sign = peek(parser)
    if (sign.kind === 'mark' && (sign.text === ':=' || sign.text === '=')) {
      parser.at += 1
      if (sign.text === ':=') parser.variables.push(...declare)
      return { declare, assigns: sign.text === '=' }
    }
    if (!(sign.kind === 'mark' && sign.text === ',' && context === 'range' && declare.length < 2)) break
    parser.at += 1
    skipSpace(parser)
  }
  parser.at = begin
  return { declare: [], assigns: false }
}

function command(parser: Parser, context: string): CommandNode {
  const operands: Expression[] = []
  const { pos } = peek(parser)
  for (;;) {
    skipSpace(parser)
    const token = peek(parser)
    if (token.kind === 'mark' && token.text === '|') {
      parser.at += 1
      skipSpace(parser)
      if (peek(parser).kind === 'close') throw parser.fail(`missing value for ${context}`)
      break
    }
    if (token.kind === 'close' || (token.kind === 'mark' && token.text === ')')) break
    operands.push(operand(parser))
    const after = peek(parser)
    const ends = after.kind === 'space' || after.kind === 'close' || (after.kind === 'mark' && /^[|)]$/.test(after.text))
    if (!ends) throw unexpected(parser, after, 'operand')
  }
  if (operands.length === 0) throw parser.fail('empty command')
  return { operands, pos, text: operands.map(({ text }) => text).join(' ') }
}

/** A term and the fields after it. */
function operand(parser: Parser): Expression {
  const first = term(parser)
  const after = peek(parser)
  if (after.kind !== 'field') return first
  const names: string[] = []
  while (peek(parser).kind === 'field') names.push(next(parser).text.slice(1))
  const text = `${first.text}.${names.join('.')}`
  // Go's position of a chain is that of its second field.
  const at = { pos: after.pos, text }
  if (first.kind === 'field') return { ...first, ...at, names: [...first.names, ...names] }
  if (first.kind === 'variable') return { ...first, ...at, names }
  if (first.kind === 'literal' || first.kind === 'dot' || first.kind === 'nil')
    throw parser.fail(`unexpected . after term ${JSON.stringify(first.text)}`, after.pos)
  return { kind: 'chain', of: first, names, ...at }
}

function term(parser: Parser): Expression {
  const token = next(parser)
  const { text, pos } = token
  switch (token.kind) {
    case 'field':
      return { kind: 'field', names: [text.slice(1)], pos, text }
    case 'variable':
      if (!parser.variables.includes(text)) throw parser.fail(`undefined variable ${JSON.stringify(text)}`, pos)
      return { kind: 'variable', name: text, names: [], pos, text }
    case 'string':
      return { kind: 'literal', value: unquote(text, () => parser.fail('invalid syntax', pos)), pos, text }
    case 'char':
      return {
        kind: 'literal',
        value: parseChar(text, () => parser.fail(`malformed character constant: ${text}`, pos)),
        pos,
        text,
      }
    case 'number':
      return {
        kind: 'literal',
        value: parseNumber(text, () => parser.fail(`illegal number syntax: ${JSON.stringify(text)}`, pos)),
        pos,
        text,
      }
    case 'word':
      return wordOf(parser, token)
    case 'mark':
      if (text === '.') return { kind: 'dot', pos, text }
      if (text === '(') {
        const pipe = pipeline(parser, 'parenthesized pipeline', 'mark')
        return { kind: 'pipe', pipe, pos: pipe.pos, text: `(${pipe.text})` }
      }
  }
  throw unexpected(parser, token, 'operand')
}

function wordOf(parser: Parser, { text, pos }: Token): Expression {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', pos, text }
  if (text === 'nil') return { kind: 'nil', pos, text }
  if (!parser.isFunction(text)) throw parser.fail(`function ${JSON.stringify(text)} not defined`, pos)
  return { kind: 'function', name: text, pos, text }
}

function close(parser: Parser, context: string): void {
  skipSpace(parser)
  const token = next(parser)
  if (token.kind !== 'close') throw unexpected(parser, token, context)
}

function unexpected(parser: Parser, token: Token, context: string): TemplateError {
  const shown =
    token.kind === 'eof'
      ? 'EOF'
      : token.kind === 'word' && /^(if|else|end|with|range)$/.test(token.text)
        ? `<${token.text}>`
        : JSON.stringify(token.text)
  return parser.fail(`unexpected ${shown} in ${context}`, token.pos)
}

const peek = (parser: Parser): Token => parser.tokens[Math.min(parser.at, parser.tokens.length - 1)] as Token

function next(parser: Parser): Token {
  const token = peek(parser)
  parser.at += 1
  return token
}

function skipSpace(parser: Parser): void {
  while (peek(parser).kind === 'space') parser.at += 1
}
