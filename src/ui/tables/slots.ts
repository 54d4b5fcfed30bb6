/**
 * A number for each row that is rendered. A row keeps its number as long as it is; one that comes gets that of one that is gone, the first
 * of them first, so that rows in other rows' places need not be moved.
 *
 * @param before the numbers until now, in the order of their rows
 * @param keys of the rows that are rendered, in their order
 * @param isHeld whether nobody may take over a row's number
 */
export function assignSlots(
  before: ReadonlyMap<string, number>,
  keys: readonly string[],
  isHeld: (key: string) => boolean,
): ReadonlyMap<string, number> {
  const wanted = new Set(keys)
  const free: number[] = []
  let next = 0
  for (const [key, slot] of before) {
    if (!wanted.has(key) && !isHeld(key)) free.push(slot)
    next = Math.max(next, slot + 1)
  }
  free.reverse()
  return new Map(keys.map((key) => [key, before.get(key) ?? free.pop() ?? next++]))
}
