import { EngineError } from '../errors/index.ts'
import type { BlobBytes, Descriptor, Digest, SourceManifest } from '../image/index.ts'
import type { RegistryOptions } from './client.ts'
import { type Answer, dropBody, type ExchangeOptions } from './exchange.ts'
import { cancelled, connectionFailure, isTransient } from './failures.ts'
import { type Ask, isPassing, pause, retryAfter } from './session.ts'
import type { Source } from './sources.ts'
import { mayNotPush, pushRefusal } from './upload-failures.ts'

/** The half of a repository that is written to (OCI distribution-spec, "Push"). */
export interface Uploads {
  /** Finds out beforehand how the registry is spoken to and logs in, so that what follows need not wait for it. Never fails. */
  greet(): Promise<void>
  /**
   * Whether the repository has a blob; if not, has it mounted from another repository of the registry, or begins an upload for
   * {@link Uploads.putBlob} to go on with.
   * @param from repositories that may have it; only the registry knows.
   */
  beginBlob(descriptor: Descriptor, from?: readonly string[]): Promise<'exists' | 'mounted' | 'begun'>
  /**
   * Sends a blob. An upload that breaks off goes on from where the registry says that it has got, if `bytes` can begin again.
   * @throws RegistryUnreachable, RegistryCertificate, RegistryUnauthorized, RegistryThrottled, RegistryProtocol, TooLarge,
   * ImageReferenceInvalid, ImageUnknown, Cancelled, and what `bytes` throws
   */
  putBlob(descriptor: Descriptor, bytes: BlobBytes): Promise<void>
  /** Stores a manifest under a tag, or its digest. Says which subject the registry has noted (OCI 1.1). @throws as putBlob, DigestMismatch */
  putManifest(manifest: SourceManifest, tagOrDigest: string): Promise<{ subject?: string }>
  /** Tells the registry to drop what was begun and not finished. Never fails. */
  cancelUploads(): Promise<void>
}

/** An upload: where it goes on, and how much the registry has. */
interface Upload {
  location: URL
  at: number
  /** The registry takes no more than this at once, if it said so. */
  chunk?: number
  /** Sent with PATCH rather than all at once. */
  patch?: boolean
}

interface Pusher {
  source: Source
  once: Ask
  options: RegistryOptions
  uploads: Map<Digest, Upload>
  /** Uploads that have been asked for. */
  beginning: Map<Digest, Promise<Upload>>
  /** Settles with the first request of all: by then it is known how the registry is spoken to, and who is logged in. */
  acquainted?: Promise<unknown>
}

/** Chunks for registries that refuse larger bodies. */
const smallChunk = 8 * 1024 * 1024
const octets = { 'content-type': 'application/octet-stream' }

export function openUploads(source: Source, once: Ask, options: RegistryOptions): Uploads {
  const pusher: Pusher = { source, once, options, uploads: new Map(), beginning: new Map() }
  return {
    async greet() {
      await afterFirst(pusher, () => once('/v2/')).then(dropBody, () => {})
    },
    beginBlob: (descriptor, from = []) => beginBlob(pusher, descriptor, from),
    putBlob: (descriptor, bytes) => putBlob(pusher, descriptor, bytes),
    putManifest: (manifest, tagOrDigest) => putManifest(pusher, manifest, tagOrDigest),
    async cancelUploads() {
      await Promise.allSettled(pusher.beginning.values())
      const open = [...pusher.uploads.values()]
      pusher.uploads.clear()
      const signal = AbortSignal.timeout(2000)
      const drop = async ({ location }: Upload): Promise<void> =>
        dropBody(await once(location.href, { method: 'DELETE', signal }))
      if (!options.signal?.aborted) await Promise.allSettled(open.map(drop))
    },
  }
}

async function beginBlob(
  pusher: Pusher,
  descriptor: Descriptor,
  from: readonly string[],
): Promise<'exists' | 'mounted' | 'begun'> {
  const { digest } = descriptor
  const what = `the blob ${digest}`
  if (await hasBlob(pusher, descriptor, what)) return 'exists'
  for (const repository of from) {
    const query = new URLSearchParams({ mount: digest, from: repository })
    const answer = await tryMount(pusher, what, `blobs/uploads/?${query}`)
    if (!answer) continue
    dropBody(answer)
    if (answer.status === 201) return 'mounted'
    pusher.uploads.set(digest, { location: locationOf(pusher, answer), at: 0 })
    return 'begun'
  }
  const beginning = begin(pusher, what).then((upload) => {
    pusher.uploads.set(digest, upload)
    return upload
  })
  beginning.catch(() => {}) // whoever sends the blob awaits it
  pusher.beginning.set(digest, beginning)
  return 'begun'
}

async function hasBlob(pusher: Pusher, { digest, size }: Descriptor, what: string): Promise<boolean> {
  const found = await afterFirst(pusher, () => request(pusher, what, `blobs/${digest}`, { method: 'HEAD' }, [404]))
  dropBody(found)
  return found.status !== 404 && Number(found.headers['content-length'] ?? size) === size
}

function afterFirst(pusher: Pusher, ask: () => Promise<Answer>): Promise<Answer> {
  if (pusher.acquainted) return pusher.acquainted.then(ask)
  const first = ask()
  pusher.acquainted = first.catch(() => {})
  return first
}

/** A repository that may not be read is no reason not to push. */
async function tryMount(pusher: Pusher, what: string, path: string): Promise<Answer | undefined> {
  try {
    const answer = await request(pusher, what, path, { method: 'POST', headers: { 'content-length': '0' } }, [400, 403, 404, 405])
    if (answer.status < 300) return answer
    dropBody(answer)
  } catch (error) {
    if (!EngineError.is(error, 'RegistryUnauthorized')) throw error
  }
  return undefined
}

async function begin(pusher: Pusher, what: string): Promise<Upload> {
  const answer = await request(pusher, what, 'blobs/uploads/', { method: 'POST', headers: { 'content-length': '0' } })
  dropBody(answer)
  return { location: locationOf(pusher, answer), at: 0 }
}

async function putBlob(pusher: Pusher, descriptor: Descriptor, source: BlobBytes): Promise<void> {
  const what = `the blob ${descriptor.digest}`
  const { digest } = descriptor
  const bytes = askedAtOnce(source)
  try {
    const upload = pusher.uploads.get(digest) ?? (await (pusher.beginning.get(digest) ?? begin(pusher, what)))
    await sendAll(pusher, upload, descriptor, bytes, what)
  } finally {
    pusher.beginning.delete(digest)
    await bytes.close()
  }
}

/** Bytes whose first piece is asked for now, while the registry is told of them. Whoever asked closes them. */
function askedAtOnce(bytes: BlobBytes): BlobBytes & { close(): Promise<void> } {
  const iterator = bytes[Symbol.asyncIterator]()
  let first: ReturnType<typeof iterator.next> | undefined = iterator.next()
  first.catch(() => {})
  return {
    ...(bytes.from ? { from: (offset: number) => bytes.from!(offset) } : {}),
    async *[Symbol.asyncIterator]() {
      const begun = first
      first = undefined
      if (!begun) return yield* bytes
      try {
        for (let item = await begun; !item.done; item = await iterator.next()) yield item.value
      } finally {
        await iterator.return?.()
      }
    },
    close: async () => void (first && (await iterator.return?.())),
  }
}

async function sendAll(pusher: Pusher, first: Upload, descriptor: Descriptor, bytes: BlobBytes, what: string): Promise<void> {
  const { options, source } = pusher
  const { retry = 3, retryDelay = 1000, signal, credentials } = options
  let upload = first
  for (let failures = 0; ;) {
    pusher.uploads.set(descriptor.digest, upload)
    const before = upload.at
    let wait = 0
    try {
      const answer = await send(pusher, upload, descriptor, bytes)
      if (answer === undefined) return void pusher.uploads.delete(descriptor.digest)
      const otherWay = adapt(upload, answer.status)
      if (!otherWay && !isPassing(answer.status) && !isLost(answer.status))
        throw await pushRefusal(answer, source, what, credentials !== undefined)
      answer.body.destroy()
      wait = otherWay ? 0 : Math.max(retryDelay * 2 ** failures, retryAfter(answer))
      if (failures >= retry && !otherWay) throw await pushRefusal(answer, source, what, credentials !== undefined)
    } catch (error) {
      if (error instanceof SourceFailure) throw error.cause
      if (signal?.aborted) throw cancelled(signal)
      // A token may have expired meanwhile: the session has fetched another one.
      const expired = EngineError.is(error, 'RegistryUnauthorized') && failures === 0
      if (!bytes.from || failures >= retry || (!expired && !isTransient(error))) throw pushFailure(pusher, error)
      wait = expired ? 0 : retryDelay * 2 ** failures
    }
    await pause(wait, signal)
    const next = await whereItIs(pusher, upload, descriptor, what)
    if (!next) return void pusher.uploads.delete(descriptor.digest)
    upload = next
    failures = upload.at > before ? 1 : failures + 1
  }
}

/** Sends what the registry has not got. Nothing is returned when it has all of it, else its refusal. */
async function send(pusher: Pusher, upload: Upload, { digest, size }: Descriptor, bytes: BlobBytes): Promise<Answer | undefined> {
  if (!upload.patch && upload.at === 0) {
    const answer = await stream(pusher, withDigest(upload.location, digest), 'PUT', octets, upload, size, bytes)
    return settled(answer)
  }
  while (upload.at < size) {
    const end = Math.min(size, upload.at + (upload.chunk ?? size))
    const range = { ...octets, 'content-range': `${upload.at}-${end - 1}` }
    const answer = await stream(pusher, upload.location, 'PATCH', range, upload, end, bytes)
    if (answer.status >= 300) return answer
    answer.body.resume()
    upload.location = locationOf(pusher, answer)
    upload.at = end
  }
  return settled(
    await pusher.once(withDigest(upload.location, digest).href, { method: 'PUT', headers: { ...octets, 'content-length': '0' } }),
  )
}

function settled(answer: Answer): Answer | undefined {
  if (answer.status >= 300) return answer
  answer.body.resume()
  return undefined
}

async function stream(
  pusher: Pusher,
  url: URL,
  method: 'PUT' | 'PATCH',
  headers: Record<string, string>,
  { at }: Upload,
  end: number,
  bytes: BlobBytes,
): Promise<Answer> {
  const over = new AbortController()
  const done = { all: false }
  const answer = await pusher.once(url.href, {
    method,
    headers: { ...headers, 'content-length': String(end - at) },
    body: section(bytes, at, end, done),
    signal: over.signal,
  })
  // Refused before it has seen everything: the rest is not sent.
  if (!done.all) answer.body.once('close', () => over.abort())
  return answer
}

async function* section(
  bytes: BlobBytes,
  at: number,
  end: number,
  done: { all: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (at > 0 && !bytes.from) throw new EngineError('RegistryProtocol', 'The upload broke off and its bytes cannot be had again.')
  let left = end - at
  try {
    for await (const piece of at === 0 ? bytes : bytes.from!(at)) {
      if (left < piece.byteLength) {
        yield piece.subarray(0, left)
        left = 0
        break
      }
      left -= piece.byteLength
      yield piece
    }
  } catch (cause) {
    throw new SourceFailure('The source failed.', { cause })
  }
  done.all = true
}

/** That the bytes could not be had, as opposed to sent. */
class SourceFailure extends Error {}

/** Another way of sending that a refusal asks for; none if it has been tried. */
function adapt(upload: Upload, status: number): boolean {
  if (!upload.patch && [400, 405, 411, 413, 415, 501].includes(status)) return (upload.patch = true)
  if (status !== 413 || upload.chunk !== undefined) return false
  upload.chunk = smallChunk
  return true
}

/** Asks how far an upload has come; one that the registry has forgotten begins anew, or is over if it has the blob: its answer got lost. */
async function whereItIs(pusher: Pusher, upload: Upload, descriptor: Descriptor, what: string): Promise<Upload | undefined> {
  const { chunk, patch = false } = upload
  const way = { patch, ...(chunk === undefined ? {} : { chunk }) }
  const answer = await request(pusher, what, upload.location.href, { method: 'GET' }, [400, 404, 405, 410, 416, 499])
  dropBody(answer)
  if (answer.status >= 300)
    return (await hasBlob(pusher, descriptor, what)) ? undefined : { ...(await begin(pusher, what)), ...way }
  const end = /^(?:bytes[= ])?0-(\d{1,15})$/.exec(answer.headers.range ?? '')?.[1]
  // `0-0` is what is said of nothing as well as of one byte: one byte is not worth a resumption.
  const at = end === undefined || end === '0' ? 0 : Number(end) + 1
  const location = answer.headers.location === undefined ? upload.location : locationOf(pusher, answer)
  return at === 0 ? { ...(await begin(pusher, what)), ...way } : { location, at, ...way }
}

async function putManifest(pusher: Pusher, manifest: SourceManifest, tagOrDigest: string): Promise<{ subject?: string }> {
  const { bytes, digest, mediaType } = manifest
  const { registry, repository } = pusher.source
  const what = `the manifest ${tagOrDigest}`
  const answer = await request(pusher, what, `manifests/${tagOrDigest}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
    body: bytes,
  })
  answer.body.resume()
  const said = answer.headers['docker-content-digest']
  if (said !== undefined && said !== digest && String(said).startsWith(digest.slice(0, 7))) {
    throw new EngineError(
      'DigestMismatch',
      `The registry ${registry} stored ${repository}:${tagOrDigest} under another digest (${String(said).slice(0, 100)}) than it has (${digest}).`,
      { details: { expected: digest, actual: String(said) } },
    )
  }
  const subject = answer.headers['oci-subject']
  return typeof subject === 'string' ? { subject } : {}
}

/** A request without a stream, repeated as long as it fails in passing. Refusals are thrown, but for `accepted` ones. */
async function request(
  pusher: Pusher,
  what: string,
  target: string,
  how: ExchangeOptions,
  accepted: readonly number[] = [],
): Promise<Answer> {
  const { retry = 3, retryDelay = 1000, signal, credentials } = pusher.options
  for (let attempt = 0; ; attempt++) {
    let wait = retryDelay * 2 ** attempt
    try {
      const answer = await pusher.once(target, how)
      if (answer.status < 300 || accepted.includes(answer.status)) return answer
      if (attempt >= retry || !isPassing(answer.status))
        throw await pushRefusal(answer, pusher.source, what, credentials !== undefined)
      answer.body.destroy()
      wait = Math.max(wait, retryAfter(answer))
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal)
      if (attempt >= retry || !isTransient(error)) throw pushFailure(pusher, error)
    }
    await pause(wait, signal)
  }
}

function pushFailure({ source, options }: Pusher, error: unknown): unknown {
  // The session speaks of pulling.
  if (EngineError.is(error, 'RegistryUnauthorized') && !/push/.test(error.message))
    return mayNotPush(source, options.credentials !== undefined, / \((.*?)\):/.exec(error.message)?.[1])
  return connectionFailure(source.registry, error, options.signal)
}

/** Where the registry wants what comes next. A way from https to http is not taken. */
function locationOf({ source }: Pusher, answer: Answer): URL {
  const { registry } = source
  const text = answer.headers.location
  const location = text !== undefined && URL.canParse(text, answer.url.href) ? new URL(text, answer.url.href) : undefined
  if (!location || !/^https?:$/.test(location.protocol)) {
    throw new EngineError('RegistryProtocol', `The registry ${registry} does not say where to upload to.`, {
      details: { registry },
    })
  }
  if (answer.url.protocol === 'https:' && location.protocol === 'http:') {
    // A registry behind a proxy that ends TLS often does not know of it.
    if (location.hostname === answer.url.hostname) return new URL(location.href.replace(/^http:\/\/[^/]+/, answer.url.origin))
    throw new EngineError(
      'RegistryProtocol',
      `The registry ${registry} sends uploads from https to http (${location.host}), which is refused because anyone on the way could read them.`,
      { details: { registry } },
    )
  }
  location.username = ''
  location.password = ''
  return location
}

function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location.href)
  // Not through searchParams, which would write anew what may be signed.
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${digest}`
  return url
}

/** The registry no longer knows the upload, or has another idea of how far it is. */
const isLost = (status: number): boolean => status === 404 || status === 410 || status === 416
