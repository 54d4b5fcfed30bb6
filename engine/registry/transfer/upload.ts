import { EngineError } from '../../errors/index.ts'
import type { BlobBytes, Descriptor, Digest, SourceManifest } from '../../image/index.ts'
import type { RegistryOptions } from '../options.ts'
import { type HttpResponse, dropBody, type ExchangeOptions } from '../http/exchange.ts'
import { cancelled, connectionFailure, isTransient } from '../http/failures.ts'
import { type Send, isTemporary, pause, retryAfter } from '../http/session.ts'
import type { Source } from '../config/sources.ts'
import { pushForbidden, pushRefusal } from './upload-failures.ts'

/** The push half of a repository (OCI distribution-spec, "Push"). */
export interface Uploads {
  /** Detects the registry's scheme and logs in beforehand, so that later requests need not wait for it. Never fails. */
  greet(): Promise<void>
  /**
   * Whether the repository has a blob; if not, has it mounted from another repository of the registry, or starts an upload for
   * {@link Uploads.putBlob} to continue.
   * @param from repositories that may have it; only the registry knows.
   */
  beginBlob(descriptor: Descriptor, from?: readonly string[]): Promise<'exists' | 'mounted' | 'begun'>
  /**
   * Sends a blob. An interrupted upload is resumed from the registry's offset, if `bytes` can restart.
   * @throws RegistryUnreachable, RegistryCertificate, RegistryUnauthorized, RegistryThrottled, RegistryProtocol, TooLarge,
   * ImageReferenceInvalid, ImageUnknown, Cancelled, and what `bytes` throws
   */
  putBlob(descriptor: Descriptor, bytes: BlobBytes): Promise<void>
  /**
   * Stores a manifest under a tag, or its digest. Returns the subject that the registry has recorded (OCI 1.1). @throws as putBlob,
   * DigestMismatch
   */
  putManifest(manifest: SourceManifest, tagOrDigest: string): Promise<{ subject?: string }>
  /** Cancels unfinished uploads at the registry. Never fails. */
  cancelUploads(): Promise<void>
}

/** An upload: its next URL, and how much the registry has. */
interface Upload {
  location: URL
  at: number
  /** The registry's largest accepted body, if it reported one. */
  chunk?: number
  /** Sent with PATCH rather than in one request. */
  patch?: boolean
}

interface Pusher {
  source: Source
  once: Send
  options: RegistryOptions
  uploads: Map<Digest, Upload>
  /** Uploads that were requested. */
  beginning: Map<Digest, Promise<Upload>>
  /** Settles with the first request: scheme and login are known then. */
  acquainted?: Promise<unknown>
}

/** Chunks for registries that refuse larger bodies. */
const smallChunk = 8 * 1024 * 1024
const octets = { 'content-type': 'application/octet-stream' }

export function openUploads(source: Source, once: Send, options: RegistryOptions): Uploads {
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
    const response = await tryMount(pusher, what, `blobs/uploads/?${query}`)
    if (!response) continue
    dropBody(response)
    if (response.status === 201) return 'mounted'
    pusher.uploads.set(digest, { location: locationOf(pusher, response), at: 0 })
    return 'begun'
  }
  const beginning = begin(pusher, what).then((upload) => {
    pusher.uploads.set(digest, upload)
    return upload
  })
  beginning.catch(() => {}) // `putBlob` awaits it
  pusher.beginning.set(digest, beginning)
  return 'begun'
}

async function hasBlob(pusher: Pusher, { digest, size }: Descriptor, what: string): Promise<boolean> {
  const found = await afterFirst(pusher, () => request(pusher, what, `blobs/${digest}`, { method: 'HEAD' }, [404]))
  dropBody(found)
  return found.status !== 404 && Number(found.headers['content-length'] ?? size) === size
}

function afterFirst(pusher: Pusher, send: () => Promise<HttpResponse>): Promise<HttpResponse> {
  if (pusher.acquainted) return pusher.acquainted.then(send)
  const first = send()
  pusher.acquainted = first.catch(() => {})
  return first
}

/** An unreadable repository must not prevent the push. */
async function tryMount(pusher: Pusher, what: string, path: string): Promise<HttpResponse | undefined> {
  try {
    const response = await request(
      pusher,
      what,
      path,
      { method: 'POST', headers: { 'content-length': '0' } },
      [400, 403, 404, 405],
    )
    if (response.status < 300) return response
    dropBody(response)
  } catch (error) {
    if (!EngineError.is(error, 'RegistryUnauthorized')) throw error
  }
  return undefined
}

async function begin(pusher: Pusher, what: string): Promise<Upload> {
  const response = await request(pusher, what, 'blobs/uploads/', { method: 'POST', headers: { 'content-length': '0' } })
  dropBody(response)
  return { location: locationOf(pusher, response), at: 0 }
}

async function putBlob(pusher: Pusher, descriptor: Descriptor, source: BlobBytes): Promise<void> {
  const what = `the blob ${descriptor.digest}`
  const { digest } = descriptor
  const bytes = prefetchFirst(source)
  try {
    const upload = pusher.uploads.get(digest) ?? (await (pusher.beginning.get(digest) ?? begin(pusher, what)))
    await sendAll(pusher, upload, descriptor, bytes, what)
  } finally {
    pusher.beginning.delete(digest)
    await bytes.close()
  }
}

/** Bytes whose first chunk is fetched now, while the registry starts the upload. The caller closes them. */
function prefetchFirst(bytes: BlobBytes): BlobBytes & { close(): Promise<void> } {
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
      const response = await send(pusher, upload, descriptor, bytes)
      if (response === undefined) return void pusher.uploads.delete(descriptor.digest)
      const otherWay = adapt(upload, response.status)
      if (!otherWay && !isTemporary(response.status) && !isLost(response.status))
        throw await pushRefusal(response, source, what, credentials !== undefined)
      response.body.destroy()
      wait = otherWay ? 0 : Math.max(retryDelay * 2 ** failures, retryAfter(response))
      if (failures >= retry && !otherWay) throw await pushRefusal(response, source, what, credentials !== undefined)
    } catch (error) {
      if (error instanceof SourceFailure) throw error.cause
      if (signal?.aborted) throw cancelled(signal)
      // A token may have expired meanwhile: the session has fetched a new one.
      const expired = EngineError.is(error, 'RegistryUnauthorized') && failures === 0
      if (!bytes.from || failures >= retry || (!expired && !isTransient(error))) throw pushFailure(pusher, error)
      wait = expired ? 0 : retryDelay * 2 ** failures
    }
    await pause(wait, signal)
    const next = await resumeUpload(pusher, upload, descriptor, what)
    if (!next) return void pusher.uploads.delete(descriptor.digest)
    upload = next
    failures = upload.at > before ? 1 : failures + 1
  }
}

/** Sends the bytes that the registry lacks. Returns `undefined` when it has all of them, else its refusal. */
async function send(
  pusher: Pusher,
  upload: Upload,
  { digest, size }: Descriptor,
  bytes: BlobBytes,
): Promise<HttpResponse | undefined> {
  if (!upload.patch && upload.at === 0) {
    const response = await stream(pusher, withDigest(upload.location, digest), 'PUT', octets, upload, size, bytes)
    return uploadResult(response)
  }
  while (upload.at < size) {
    const end = Math.min(size, upload.at + (upload.chunk ?? size))
    const range = { ...octets, 'content-range': `${upload.at}-${end - 1}` }
    const response = await stream(pusher, upload.location, 'PATCH', range, upload, end, bytes)
    if (response.status >= 300) return response
    response.body.resume()
    upload.location = locationOf(pusher, response)
    upload.at = end
  }
  return uploadResult(
    await pusher.once(withDigest(upload.location, digest).href, { method: 'PUT', headers: { ...octets, 'content-length': '0' } }),
  )
}

function uploadResult(response: HttpResponse): HttpResponse | undefined {
  if (response.status >= 300) return response
  response.body.resume()
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
): Promise<HttpResponse> {
  const over = new AbortController()
  const done = { all: false }
  const response = await pusher.once(url.href, {
    method,
    headers: { ...headers, 'content-length': String(end - at) },
    body: section(bytes, at, end, done),
    signal: over.signal,
  })
  // Refused early: the rest is not sent.
  if (!done.all) response.body.once('close', () => over.abort())
  return response
}

async function* section(
  bytes: BlobBytes,
  at: number,
  end: number,
  done: { all: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (at > 0 && !bytes.from)
    throw new EngineError('RegistryProtocol', 'The upload was interrupted and its bytes cannot be read again.')
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

/** A failure to read the bytes, as opposed to sending them. */
class SourceFailure extends Error {}

/** Switches to another way of sending after a refusal. @returns false if it was tried already. */
function adapt(upload: Upload, status: number): boolean {
  if (!upload.patch && [400, 405, 411, 413, 415, 501].includes(status)) return (upload.patch = true)
  if (status !== 413 || upload.chunk !== undefined) return false
  upload.chunk = smallChunk
  return true
}

/**
 * Queries an upload's offset. An upload unknown to the registry starts again, or is done if it has the blob: its response got lost.
 */
async function resumeUpload(pusher: Pusher, upload: Upload, descriptor: Descriptor, what: string): Promise<Upload | undefined> {
  const { chunk, patch = false } = upload
  const way = { patch, ...(chunk === undefined ? {} : { chunk }) }
  const response = await request(pusher, what, upload.location.href, { method: 'GET' }, [400, 404, 405, 410, 416, 499])
  dropBody(response)
  if (response.status >= 300)
    return (await hasBlob(pusher, descriptor, what)) ? undefined : { ...(await begin(pusher, what)), ...way }
  const end = /^(?:bytes[= ])?0-(\d{1,15})$/.exec(response.headers.range ?? '')?.[1]
  // `0-0` means no byte as well as one byte: one byte is not worth resuming.
  const at = end === undefined || end === '0' ? 0 : Number(end) + 1
  const location = response.headers.location === undefined ? upload.location : locationOf(pusher, response)
  return at === 0 ? { ...(await begin(pusher, what)), ...way } : { location, at, ...way }
}

async function putManifest(pusher: Pusher, manifest: SourceManifest, tagOrDigest: string): Promise<{ subject?: string }> {
  const { bytes, digest, mediaType } = manifest
  const { registry, repository } = pusher.source
  const what = `the manifest ${tagOrDigest}`
  const response = await request(pusher, what, `manifests/${tagOrDigest}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
    body: bytes,
  })
  response.body.resume()
  const said = response.headers['docker-content-digest']
  if (said !== undefined && said !== digest && String(said).startsWith(digest.slice(0, 7))) {
    throw new EngineError(
      'DigestMismatch',
      `The registry ${registry} stored ${repository}:${tagOrDigest} under another digest (${String(said).slice(0, 100)}) than it has (${digest}).`,
      { details: { expected: digest, actual: String(said) } },
    )
  }
  const subject = response.headers['oci-subject']
  return typeof subject === 'string' ? { subject } : {}
}

/** A request without a stream, retried while it fails temporarily. Refusals are thrown, except `accepted` ones. */
async function request(
  pusher: Pusher,
  what: string,
  target: string,
  how: ExchangeOptions,
  accepted: readonly number[] = [],
): Promise<HttpResponse> {
  const { retry = 3, retryDelay = 1000, signal, credentials } = pusher.options
  for (let attempt = 0; ; attempt++) {
    let wait = retryDelay * 2 ** attempt
    try {
      const response = await pusher.once(target, how)
      if (response.status < 300 || accepted.includes(response.status)) return response
      if (attempt >= retry || !isTemporary(response.status))
        throw await pushRefusal(response, pusher.source, what, credentials !== undefined)
      response.body.destroy()
      wait = Math.max(wait, retryAfter(response))
    } catch (error) {
      if (signal?.aborted) throw cancelled(signal)
      if (attempt >= retry || !isTransient(error)) throw pushFailure(pusher, error)
    }
    await pause(wait, signal)
  }
}

function pushFailure({ source, options }: Pusher, error: unknown): unknown {
  // The session's message is about pulling.
  if (EngineError.is(error, 'RegistryUnauthorized') && !/push/.test(error.message))
    return pushForbidden(source, options.credentials !== undefined, / \((.*?)\):/.exec(error.message)?.[1])
  return connectionFailure(source.registry, error, options.signal)
}

/** The registry's next URL. A change from https to http is refused. */
function locationOf({ source }: Pusher, response: HttpResponse): URL {
  const { registry } = source
  const text = response.headers.location
  const location = text !== undefined && URL.canParse(text, response.url.href) ? new URL(text, response.url.href) : undefined
  if (!location || !/^https?:$/.test(location.protocol)) {
    throw new EngineError('RegistryProtocol', `The registry ${registry} does not say where to upload to.`, {
      details: { registry },
    })
  }
  if (response.url.protocol === 'https:' && location.protocol === 'http:') {
    // A registry behind a TLS-terminating proxy often does not know of it.
    if (location.hostname === response.url.hostname) return new URL(location.href.replace(/^http:\/\/[^/]+/, response.url.origin))
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
  // Not through searchParams, which would re-encode parameters that may be signed.
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${digest}`
  return url
}

/** The registry no longer knows the upload, or has another offset. */
const isLost = (status: number): boolean => status === 404 || status === 410 || status === 416
