/** The index of the plural form for a number. */
export type PluralRule = (n: number) => number

type Node = (n: number) => number

const operators: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
]

const apply: Record<string, (a: number, b: number) => number> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
}

/**
 * Reads a catalogue's `Plural-Forms` (`nplurals=2; plural=n != 1;`, a C expression): the page's policy forbids eval.
 * A rule that cannot be read counts as English's.
 */
export function pluralRule(header: string): PluralRule {
  const forms = Number(/nplurals\s*=\s*(\d+)/.exec(header)?.[1] ?? 2)
  const text = /plural\s*=\s*([^;]+)/.exec(header)?.[1]
  const rule = text === undefined ? undefined : parse(text)
  return (n) => {
    const index = rule ? rule(n) : Number(n !== 1)
    return index >= 0 && index < forms ? index : 0
  }
}

function parse(text: string): Node | undefined {
  const tokens = text.match(/\d+|n|\|\||&&|[=!<>]=|[<>?:()+\-*/%!]|\S/g) ?? []
  let at = 0
  const take = (token: string) => tokens[at] === token && ++at > 0
  const expect = (token: string) => {
    if (!take(token)) throw new SyntaxError(token)
  }
  const primary = (): Node => {
    const token = tokens[at]
    at += 1
    if (token === 'n') return (n) => n
    if (token !== undefined && /^\d+$/.test(token)) return () => Number(token)
    if (token === '!') return negate(primary())
    if (token !== '(') throw new SyntaxError(token)
    const inner = ternary()
    expect(')')
    return inner
  }
  const binary = (level: number): Node => {
    const names = operators[level]
    if (!names) return primary()
    let left = binary(level + 1)
    for (let name = names.find(take); name !== undefined; name = names.find(take)) left = join(left, name, binary(level + 1))
    return left
  }
  const ternary = (): Node => {
    const condition = binary(0)
    if (!take('?')) return condition
    const yes = ternary()
    expect(':')
    const no = ternary()
    return (n) => (condition(n) === 0 ? no(n) : yes(n))
  }
  try {
    const rule = ternary()
    return at === tokens.length ? rule : undefined
  } catch {
    return undefined
  }
}

const negate =
  (node: Node): Node =>
  (n) =>
    Number(node(n) === 0)

const join =
  (left: Node, name: string, right: Node): Node =>
  (n) =>
    apply[name]!(left(n), right(n))
