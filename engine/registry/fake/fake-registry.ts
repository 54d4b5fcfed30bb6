import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

import { digestOf, mediaTypes } from '../../image/index.ts'
import { type TarInput, writeTar } from '../../lib/tar/index.ts'
import { fakeUploads, type UploadFaults, type Uploads } from './fake-uploads.ts'

/** A test's hook for a request: it may respond (returning true), or inspect it and let it pass. */
export type FaultHook = (request: http.IncomingMessage, response: http.ServerResponse, blob: Buffer | undefined) => boolean | void

/**
 * A registry in memory that follows the distribution specification, unless a test injects faults. Its repositories share all blobs.
 */
export interface FakeRegistry {
  /** `127.0.0.1:PORT`. */
  readonly name: string
  /** Method and path of each request. */
  readonly requests: string[]
  faultHook: FaultHook | undefined
  readonly faults: UploadFaults
  readonly uploads: Uploads['open']
  /** What is stored, by digest, and manifests by `repository/tag`. */
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly manifests: ReadonlyMap<string, { bytes: Buffer; type: string }>
  /** Adds bytes as a blob. */
  addBlob(bytes: Buffer): { digest: string; size: number }
  /** Adds a manifest under a tag and its digest. */
  addManifest(repository: string, tag: string, document: unknown): { digest: string; size: number }
  /** Adds an image of layers given as files by name. */
  addImage(repository: string, tag: string, layers: Record<string, string>[], options?: ImageOptions): Promise<FakeImage>
  close(): Promise<void>
}

export interface ImageOptions {
  config?: object
  architecture?: string
  /** Changes the manifest before it is stored. */
  alter?: (manifest: FakeManifest) => void
}

export interface FakeManifest {
  schemaVersion: number
  mediaType: string
  config: { mediaType: string; digest: string; size: number }
  layers: { mediaType: string; digest: string; size: number }[]
}

export interface FakeImage {
  digest: string
  size: number
  id: string
  manifest: FakeManifest
}

/** Starts one on a free port of the loopback interface. */
export async function startFakeRegistry(tls?: { key: string; cert: string }): Promise<FakeRegistry> {
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, { bytes: Buffer; type: string }>()
  const uploads = fakeUploads(blobs)
  const serve = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    registry.requests.push(`${request.method} ${request.url}`)
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(request.url ?? '')
    const [, repository, kind, reference] = match ?? []
    const blob = kind === 'blobs' ? blobs.get(reference!) : undefined
    if (registry.faultHook?.(request, response, blob) === true) return
    if (uploads.serve(request, response)) return
    if (request.method === 'PUT' && kind === 'manifests')
      return void takeManifest(request, response, manifests, repository!, reference!)
    if (kind === 'blobs') return sendBlob(request, response, blob)
    sendManifest(request, response, manifests.get(`${repository}/${reference}`))
  }
  const server = tls ? https.createServer(tls, serve) : http.createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const addBlob = (bytes: Buffer): { digest: string; size: number } => {
    blobs.set(digestOf(bytes), bytes)
    return { digest: digestOf(bytes), size: bytes.length }
  }
  const addManifest: FakeRegistry['addManifest'] = (repository, tag, document) => {
    const bytes = Buffer.from(JSON.stringify(document))
    const type = (document as { mediaType?: string }).mediaType ?? mediaTypes.ociManifest
    for (const name of [tag, digestOf(bytes)]) manifests.set(`${repository}/${name}`, { bytes, type })
    return { digest: digestOf(bytes), size: bytes.length }
  }
  const registry: FakeRegistry = {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    faultHook: undefined,
    faults: uploads.faults,
    uploads: uploads.open,
    blobs,
    manifests,
    addBlob,
    addManifest,
    addImage: (repository, tag, layers, options) => addImage({ addBlob, addManifest }, repository, tag, layers, options),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return registry
}

async function takeManifest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  manifests: Map<string, { bytes: Buffer; type: string }>,
  repository: string,
  reference: string,
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  const bytes = Buffer.concat(parts)
  for (const name of [reference, digestOf(bytes)])
    manifests.set(`${repository}/${name}`, { bytes, type: request.headers['content-type'] ?? '' })
  response.writeHead(201, { 'content-length': 0, 'docker-content-digest': digestOf(bytes) })
  response.end()
}

async function addImage(
  { addBlob, addManifest }: Pick<FakeRegistry, 'addBlob' | 'addManifest'>,
  repository: string,
  tag: string,
  layers: Record<string, string>[],
  options: ImageOptions = {},
): Promise<FakeImage> {
  const archives = await Promise.all(layers.map(archiveOf))
  const config = addBlob(
    Buffer.from(
      JSON.stringify({
        architecture: options.architecture ?? 'amd64',
        os: 'linux',
        created: '2026-01-02T03:04:05Z',
        config: options.config ?? { Cmd: ['/bin/sh'] },
        rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
      }),
    ),
  )
  const manifest: FakeManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, ...config },
    layers: archives.map((archive) => ({ mediaType: `${mediaTypes.ociLayer}+gzip`, ...addBlob(gzipSync(archive)) })),
  }
  options.alter?.(manifest)
  return { ...addManifest(repository, tag, manifest), id: config.digest.slice('sha256:'.length), manifest }
}

/** A layer's tar of files, `NAME: content`; names may be hostile. */
export async function archiveOf(files: Record<string, string>): Promise<Buffer> {
  const members: TarInput[] = Object.entries(files).map(([path, body]) => ({
    header: { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: Buffer.byteLength(body), mtime: 0n },
    body: [Buffer.from(body)],
  }))
  const parts: Uint8Array[] = []
  for await (const part of writeTar(members)) parts.push(part)
  return Buffer.concat(parts)
}

function sendManifest(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  manifest: { bytes: Buffer; type: string } | undefined,
): void {
  if (!manifest) return refuse(response, 404, 'manifest unknown')
  response.writeHead(200, {
    'content-type': manifest.type,
    'content-length': manifest.bytes.length,
    'docker-content-digest': digestOf(manifest.bytes),
  })
  response.end(request.method === 'HEAD' ? undefined : manifest.bytes)
}

function sendBlob(request: http.IncomingMessage, response: http.ServerResponse, blob: Buffer | undefined): void {
  if (!blob) return refuse(response, 404, 'blob unknown')
  const range = /^bytes=(\d+)-/.exec(request.headers.range ?? '')
  const from = range ? Number(range[1]) : 0
  const body = blob.subarray(from)
  response.writeHead(range ? 206 : 200, {
    'content-length': body.length,
    ...(range ? { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** An error answer in the specification's form. */
export function refuse(
  response: http.ServerResponse,
  status: number,
  message: string,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ errors: [{ code: 'X', message }] }))
}
