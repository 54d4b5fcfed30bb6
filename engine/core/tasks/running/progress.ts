import type { Task } from '../../../contract/index.ts'

/** Layers, lines and names that a record keeps, and the characters of one of them. */
const maxLayers = 256
const maxLines = 50
const maxNames = 100
const maxText = 500

type Layer = Task['Layers'][number]

/** Collects what an operation reports, as a task shows it. */
export interface Progress {
  /** One item of its stream. */
  note(item: unknown): void
  /** What it answered; undefined for a stream. */
  finish(answer: unknown): void
  readonly shown: Pick<Task, 'Layers' | 'Lines' | 'Result'>
}

/** An empty one. It is bounded, whatever is reported. */
export function createProgress(): Progress {
  const layers = new Map<string, Layer>()
  const lines: string[] = []
  let result: NonNullable<Task['Result']> = {}
  const addLine = (text: string): void => {
    for (const line of text.split('\n')) if (line.trim() !== '') lines.push(line.trimEnd().slice(0, maxText))
    lines.splice(0, lines.length - maxLines)
  }
  return {
    note(item) {
      const { layer, stream, id, manifestdigest } = (item ?? {}) as Record<string, unknown>
      if (isLayer(layer) && (layers.has(layer.digest) || layers.size < maxLayers)) layers.set(layer.digest, layer)
      if (typeof stream === 'string') addLine(stream)
      if (typeof id === 'string') result = { ...result, Id: id }
      if (typeof manifestdigest === 'string') result = { ...result, Digest: manifestdigest }
    },
    finish: (answer) => {
      result = { ...result, ...resultOf(answer) }
    },
    get shown() {
      return { Layers: [...layers.values()], Lines: [...lines], Result: result }
    },
  }
}

const isLayer = (value: unknown): value is Layer => typeof value === 'object' && value !== null && 'digest' in value

/** The parts of an answer that a task's result has: names of loaded images, or what a prune removed. */
function resultOf(answer: unknown): NonNullable<Task['Result']> {
  if (Array.isArray(answer)) return { Removed: answer.length, ReclaimedSpace: sum(answer) }
  if (typeof answer !== 'object' || answer === null) return {}
  const { Names, ReclaimedSpace, ...rest } = answer as Record<string, unknown>
  if (Array.isArray(Names)) return { Names: Names.slice(0, maxNames).map(String) }
  if (typeof ReclaimedSpace !== 'number') return {}
  const reports = Object.values(rest).filter((value) => Array.isArray(value))
  return { Removed: reports.reduce((count, list) => count + list.length, 0), ReclaimedSpace }
}

const sum = (reports: readonly unknown[]): number =>
  reports.reduce<number>((total, report) => total + (Number((report as { Size?: unknown } | null)?.Size) || 0), 0)
