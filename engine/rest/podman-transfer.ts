import { type OperationName, type Output, parseInput } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import { encodeItems } from './encode-items.ts'
import type { RestReply } from './message.ts'
import { readableBy } from './peculiarities.ts'

type PushItem = Output<'image.push'>

/**
 * What libpod takes for granted where a client other than ours does not say it.
 *
 * @throws EngineError `InvalidArgument` for what libpod takes from nobody over its API.
 */
export function withPodmanDefaults(name: OperationName, input: Record<string, unknown>): void {
  if (name === 'image.push' || name === 'manifest.push') input['quiet'] ??= 'true'
  if (name === 'manifest.push') input['all'] ??= 'false'
  if (name === 'manifest.modify' && (input['body'] as { operation?: unknown } | undefined)?.operation === undefined)
    throw new EngineError('InvalidArgument', 'illegal operation "": it is update, remove or annotate')
  if (name === 'image.scp' && [input['name'], input['destination']].some((place) => /^[^/]*@localhost::/.test(String(place))))
    throw new EngineError('InvalidArgument', 'cannot use the user transfer function on the remote client')
  if (name === 'image.get' || name === 'image.export') input['format'] ??= 'oci-archive'
}

const transports = /^(?:containers-storage|dir|docker-archive|docker-daemon|oci|oci-archive|sif|tarball):/

/**
 * A pull or push as libpod answers it; `undefined` for all other operations. With progress every failure is in the stream, even
 * one at once; without, a pull says it in its only line, and a push by its status.
 *
 * @throws EngineError `InvalidArgument` for a request that cannot be read, and what a push without progress fails with.
 */
export async function transferReply(
  name: OperationName,
  input: Record<string, unknown>,
  call: () => Promise<unknown>,
  onBreak: (error: unknown) => void,
): Promise<RestReply | undefined> {
  if (name !== 'image.pull' && name !== 'image.push' && name !== 'manifest.push') return undefined
  const { quiet } = parseInput(name, input)
  if (name !== 'manifest.push') refuseTransports(input[name === 'image.pull' ? 'reference' : 'destination'])
  if (!quiet || name === 'image.pull')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: encodeItems(begin(name, call), 'ndjson', onBreak),
    }
  const digest = await digestOf((await call()) as AsyncIterable<PushItem>)
  if (name === 'image.push') return { status: 200, headers: { 'content-type': 'text/plain; charset=us-ascii' }, body: '' }
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ Id: digest })}\n` }
}

/** What is on the service's host is not a client's to read or write by naming it. */
function refuseTransports(place: unknown): void {
  const transport = typeof place === 'string' ? transports.exec(place)?.[0] : undefined
  if (transport === undefined) return
  throw new EngineError(
    'InvalidArgument',
    `unsupported transport ${transport.slice(0, -1)} in "${String(place)}": only docker transport is supported`,
  )
}

async function* begin(name: OperationName, call: () => Promise<unknown>): AsyncGenerator<unknown> {
  yield* readableBy(false, name, (await call()) as AsyncIterable<unknown>)
}

async function digestOf(items: AsyncIterable<PushItem>): Promise<string> {
  let digest = ''
  for await (const item of items) {
    if (item.error) throw new EngineError('Internal', item.error)
    digest = item.manifestdigest ?? digest
  }
  return digest
}
