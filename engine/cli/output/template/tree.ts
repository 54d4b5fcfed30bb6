/** Where a node begins in the template's text, in characters. */
interface At {
  pos: number
}

/** An expression: what a pipeline's commands are made of. `text` is as Go shows it in messages. */
export type Expression = At & { text: string } & (
    | { kind: 'dot' }
    | { kind: 'field'; names: string[] }
    | { kind: 'variable'; name: string; names: string[] }
    | { kind: 'literal'; value: unknown }
    | { kind: 'nil' }
    | { kind: 'function'; name: string }
    | { kind: 'pipe'; pipe: Pipeline }
    | { kind: 'chain'; of: Expression; names: string[] }
  )

/** An expression with its arguments. */
export interface CommandNode extends At {
  text: string
  operands: Expression[]
}

/** Commands joined by `|`; with `declare`, the value is bound to these variables, or assigned to them. */
export interface Pipeline extends At {
  text: string
  declare: string[]
  assigns: boolean
  commands: CommandNode[]
}

/** A part of a template. */
export type Node = At &
  (
    | { kind: 'text'; text: string }
    | { kind: 'action'; pipe: Pipeline }
    | { kind: 'if' | 'with' | 'range'; pipe: Pipeline; body: Node[]; otherwise: Node[] | undefined }
    | { kind: 'break' | 'continue' }
    | { kind: 'template'; name: string; pipe: Pipeline | undefined }
  )

/** A template with those that it defines. */
export interface Template {
  name: string
  text: string
  nodes: Node[]
  defined: Map<string, Node[]>
}

/** An invalid template, or one that uses an unknown field. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  /** What was executed before. */
  output = ''
}
