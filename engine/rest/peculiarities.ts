import type { OperationName, Output } from '../contract/index.ts'

/** Go writes a time that is not set as this. */
const zeroTime = '0001-01-01T00:00:00Z'

/** Input as the engine takes it: a zero time from a Go client is no time at all. */
export function withoutZeroTimes(input: Record<string, unknown>): Record<string, unknown> {
  for (const field of ['since', 'until']) if (input[field] === zeroTime) delete input[field]
  return input
}

/** Podman's client asks for an image's changes on containers' path; only images are compared so far. */
export function pathAsMeant(path: string): string {
  return path.replace(/\/libpod\/containers\/(?=[^/]+\/changes$)/, '/libpod/images/')
}

/** Podman's client names its own login file, which need not exist here; what that says is in a header. */
export function dropClientsFiles(input: Record<string, unknown>, userAgent: string | undefined): void {
  if (userAgent?.startsWith('Go-http-client/')) delete input['authfile']
}

/**
 * A stream as the client can read it. Podman's client gives up on a pull or push when an item has none of the fields it knows:
 * progress of single layers is only for our own client, which says who it is.
 */
export function readableBy(ours: boolean, name: OperationName, items: AsyncIterable<unknown>): AsyncIterable<unknown> {
  if (ours) return items
  if (name === 'image.pull') return withoutLayers(items as AsyncIterable<PullItem>)
  return transfers.has(name) ? withoutBlobs(items as AsyncIterable<TransferItem>, name === 'manifest.push') : items
}

const transfers: ReadonlySet<OperationName> = new Set(['image.push', 'manifest.push', 'artifact.pull', 'artifact.push'])

type PullItem = Output<'image.pull'>

async function* withoutLayers(items: AsyncIterable<PullItem>): AsyncGenerator<PullItem> {
  for await (const { layer: _, ...item } of items) if (item.stream || item.error || item.id || item.images?.length) yield item
}

type TransferItem = Output<'image.push'>

/** Of a list, podman's client looks for the digest under `Id`, which every item has. */
async function* withoutBlobs(items: AsyncIterable<TransferItem>, list: boolean): AsyncGenerator<TransferItem & { Id?: string }> {
  for await (const { layer: _, manifestdigest, ...item } of items) {
    if (!item.stream && !item.error && !manifestdigest) continue
    if (list) yield { Id: manifestdigest ?? '', ...item }
    else yield { ...item, ...(manifestdigest ? { manifestdigest } : {}) }
  }
}
