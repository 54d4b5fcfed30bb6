import type { OperationName, Output } from '../contract/index.ts'

/** Go writes a time that is not set as this. */
const zeroTime = '0001-01-01T00:00:00Z'

/** Input as the engine takes it: a zero time from a Go client is no time at all. */
export function withoutZeroTimes(input: Record<string, unknown>): Record<string, unknown> {
  for (const field of ['since', 'until']) if (input[field] === zeroTime) delete input[field]
  return input
}

/**
 * A stream as the client can read it. Podman's client gives up on a pull when an item has none of the fields it knows:
 * progress of single layers is only for our own client, which says who it is.
 */
export function readableBy(ours: boolean, name: OperationName, items: AsyncIterable<unknown>): AsyncIterable<unknown> {
  return ours || name !== 'image.pull' ? items : withoutLayers(items as AsyncIterable<PullItem>)
}

type PullItem = Output<'image.pull'>

async function* withoutLayers(items: AsyncIterable<PullItem>): AsyncGenerator<PullItem> {
  for await (const { layer: _, ...item } of items) if (item.stream || item.error || item.id || item.images?.length) yield item
}
