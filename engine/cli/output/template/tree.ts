/** An expression: what a pipeline's commands are made of. */
export type Expression =
  | { kind: 'field'; names: string[]; of?: Expression; text: string }
  | { kind: 'variable'; name: string; names: string[] }
  | { kind: 'literal'; value: unknown }
  | { kind: 'function'; name: string }
  | { kind: 'pipe'; pipe: Pipeline }

/** Commands joined by `|`; with `declare`, the value is bound to these variables. */
export interface Pipeline {
  declare: string[]
  commands: Expression[][]
}

/** A part of a template. */
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: Pipeline }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipeline; body: Node[]; otherwise: Node[] }

/** An invalid template, or one that uses an unknown field. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}
