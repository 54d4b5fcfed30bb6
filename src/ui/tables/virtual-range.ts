/** Where each row of a long list begins: `offsets[i]` is the top of row `i`, the last one the height of all. */
export function offsetsOf(keys: readonly string[], heights: ReadonlyMap<string, number>, estimate: number): Float64Array {
  const offsets = new Float64Array(keys.length + 1)
  for (let index = 0; index < keys.length; index += 1)
    offsets[index + 1] = offsets[index]! + (heights.get(keys[index]!) ?? estimate)
  return offsets
}

/** Rows from `first` to before `end`. */
export interface Range {
  readonly first: number
  readonly end: number
}

/** The rows that lie, if only in part, between `top` and `bottom`. */
export function rangeBetween(offsets: Float64Array, top: number, bottom: number): Range {
  const count = offsets.length - 1
  const first = Math.max(0, firstAbove(offsets, top) - 1)
  return { first: Math.min(first, count), end: Math.min(count, firstAbove(offsets, bottom - 0.5)) }
}

/** Rows that a range gets or loses on each side with one frame of scrolling. */
const step = 2
/** Rows beyond what is wanted that are kept, since who scrolls may turn round. */
const slack = 3

/** Whether a range has all of another, and not much more rows than are wanted. */
export const covers = (range: Range, inSight: Range, wanted: Range): boolean =>
  range.first <= inSight.first && range.end >= inSight.end && range.end - range.first <= 1.5 * (wanted.end - wanted.first) + 4

/** A range on its way to the one that is wanted: by a few rows, so that no frame has to render many. */
export function towards(range: Range, wanted: Range): Range {
  const first = moved(range.first, wanted.first, wanted.first - slack)
  const end = moved(range.end, wanted.end + slack, wanted.end)
  return first === range.first && end === range.end ? range : { first, end }
}

/** A bound is left where it is between `low` and `high`. */
function moved(bound: number, high: number, low: number): number {
  const [least, most] = [Math.min(low, high), Math.max(low, high)]
  if (bound < least) return Math.min(least, bound + step)
  return bound > most ? Math.max(most, bound - step) : bound
}

/** The index of the first offset that is greater than `position`. */
function firstAbove(offsets: Float64Array, position: number): number {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (offsets[middle]! > position) high = middle
    else low = middle + 1
  }
  return low
}

/** A piece of what is rendered: one row, or the height of rows that are not. */
export type Piece = { readonly index: number } | { readonly gap: number; readonly before: number }

/** The rows of a range, and those in `kept` wherever they are, with gaps between them. */
export function piecesOf(offsets: Float64Array, range: Range, kept: readonly number[]): Piece[] {
  const count = offsets.length - 1
  const pieces: Piece[] = []
  let at = 0
  const gapTo = (next: number) => {
    if (next > at) pieces.push({ gap: offsets[next]! - offsets[at]!, before: next })
    at = Math.max(at, next)
  }
  const row = (index: number) => {
    gapTo(index)
    if (index < at) return
    pieces.push({ index })
    at = index + 1
  }
  const others = kept.filter((index) => index >= 0 && index < count && (index < range.first || index >= range.end))
  for (const index of others.filter((each) => each < range.first).toSorted((a, b) => a - b)) row(index)
  for (let index = range.first; index < range.end; index += 1) row(index)
  for (const index of others.filter((each) => each >= range.end).toSorted((a, b) => a - b)) row(index)
  gapTo(count)
  return pieces
}
