import { createReadStream, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { sendText } from './headers.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
}

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/**
 * The path segments of a URL's path, decoded, or undefined where they could lead out of a folder or to a hidden file.
 */
export function safeSegments(pathname: string): string[] | undefined {
  const segments: string[] = []
  for (const raw of pathname.split('/')) {
    if (raw === '') continue
    let segment: string
    try {
      segment = decodeURIComponent(raw)
    } catch {
      return undefined
    }
    if (segment.startsWith('.') || /[/\\\0]/.test(segment) || segment.length > 255) return undefined
    segments.push(segment)
  }
  return segments
}

/** Sends a file below `folder`, or its compressed form lying beside it; says 404 where there is none. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  segments: string[],
  headers: Record<string, string>,
): Promise<void> {
  const path = join(folder, ...segments)
  const found = await findVariant(path, String(request.headers['accept-encoding'] ?? ''))
  if (found === undefined) return sendText(response, 404, 'Not found')
  const type = types[extname(path)] ?? 'application/octet-stream'
  const tag = `"${found.stats.size.toString(36)}-${found.stats.mtimeMs.toString(36)}-${found.encoding ?? 'plain'}"`
  // A name with a hash in it never changes its content.
  const lasting = /-[A-Z0-9]{8}\.[a-z0-9]+$/.test(path)
  const common = {
    ...headers,
    'Content-Type': type,
    'Cache-Control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: tag,
    Vary: 'Accept-Encoding',
    ...(found.encoding === undefined ? {} : { 'Content-Encoding': found.encoding }),
  }
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, common).end()
    return
  }
  response.writeHead(200, { ...common, 'Content-Length': found.stats.size })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const source = createReadStream(found.path)
  source.once('error', () => response.destroy())
  response.once('close', () => source.destroy())
  source.pipe(response)
}

async function findVariant(
  path: string,
  accepted: string,
): Promise<{ path: string; stats: Stats; encoding?: string } | undefined> {
  for (const [encoding, suffix] of encodings) {
    if (!new RegExp(`\\b${encoding}\\b`).test(accepted)) continue
    const stats = await fileStats(path + suffix)
    if (stats !== undefined) return { path: path + suffix, stats, encoding }
  }
  const stats = await fileStats(path)
  if (stats !== undefined) return { path, stats }
  // Cockpit's packages keep only the compressed form; every browser takes it.
  const compressed = await fileStats(`${path}.gz`)
  return compressed === undefined ? undefined : { path: `${path}.gz`, stats: compressed, encoding: 'gzip' }
}

async function fileStats(path: string): Promise<Stats | undefined> {
  try {
    const stats = await stat(path)
    return stats.isFile() ? stats : undefined
  } catch {
    return undefined
  }
}
