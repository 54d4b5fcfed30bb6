import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { isObject, type JsonObject, ProblemError } from '../../protocol/index.ts'
import type { Channel, Payload } from '../channel.ts'
import { listPackages, type Package } from '../packages.ts'
import { requiredText, textOption } from './options.ts'

interface Answer {
  status: number
  headers: Record<string, string>
  body: Uint8Array | string
}

/** Bytes of a page's file at which it is refused. */
const maxFile = 64 * 1024 * 1024

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

/** `http-stream1`, only for `internal: packages`: how cockpit-ws gets pages from the agent. The answer's head is the first message. */
export const httpStream1: Payload = (channel) => {
  if (textOption(channel.open, 'internal') !== 'packages') {
    throw new ProblemError('not-supported', 'http-stream1 is there for the internal packages only; use http-stream2.')
  }
  const path = requiredText(channel.open, 'path')
  const headers = isObject(channel.open['headers']) ? channel.open['headers'] : {}
  channel.ready()
  return {
    done: () => {
      const { status, headers: answered, body } = answer(channel, path, headers)
      channel.send(JSON.stringify({ status, reason: status === 200 ? 'OK' : 'Not found', headers: answered }))
      const end = (): void => {
        channel.done()
        channel.close()
      }
      if (channel.send(body)) end()
      else void channel.drained().then(end)
    },
  }
}

function answer(channel: Channel, path: string, headers: JsonObject): Answer {
  const packages = listPackages(channel.agent.packages)
  if (path === '/manifests.json')
    return { status: 200, headers: uncached('application/json'), body: JSON.stringify(manifests(packages)) }
  if (path === '/manifests.js' || path === '/manifests-i18n.js') {
    const body = `(function (root, data) { if (typeof cockpit === 'object') cockpit.manifests = data; else root.manifests = data; }(this, ${JSON.stringify(manifests(packages))}));`
    return { status: 200, headers: uncached('text/javascript'), body }
  }
  const [, name, ...rest] = path.split('?')[0]!.split('/').map(decode)
  const found = packages.find((each) => each.name === name)
  const safe = rest.length > 0 && rest.every((segment) => segment !== '' && !segment.startsWith('.') && !/[/\\\0]/.test(segment))
  if (found === undefined || !safe) return missing()
  if (rest.join('/') === 'po.js') return catalogue(found, String(headers['Accept-Language'] ?? ''))
  return fileAnswer(found, join(found.folder, ...rest), headers)
}

function fileAnswer({ manifest }: Package, path: string, headers: JsonObject): Answer {
  const packed = !existsSync(path)
  const file = packed ? `${path}.gz` : path
  let body: Uint8Array
  try {
    body = readFileSync(file)
  } catch {
    return missing()
  }
  if (body.length > maxFile) return missing()
  const type = types[extname(path)] ?? 'application/octet-stream'
  const policy = contentPolicy(manifest['content-security-policy'], headers)
  return {
    status: 200,
    headers: { ...uncached(type), 'Content-Security-Policy': policy, ...(packed ? { 'Content-Encoding': 'gzip' } : {}) },
    body,
  }
}

/** The first available catalogue of the accepted languages, or an empty one. */
function catalogue(found: Package, accepted: string): Answer {
  for (const language of accepted.split(',').slice(0, 20)) {
    const tag = language.split(';')[0]!.trim()
    for (const form of [tag.replace('-', '_'), tag.slice(0, 2)]) {
      if (!/^[a-zA-Z_]{2,10}$/.test(form)) continue
      const path = join(found.folder, `po.${form}.js`)
      if (existsSync(path) || existsSync(`${path}.gz`)) return fileAnswer(found, path, {})
    }
  }
  return { status: 200, headers: uncached('text/javascript'), body: '' }
}

function contentPolicy(own: unknown, headers: JsonObject): string {
  const host = String(headers['X-Forwarded-Host'] ?? '')
  const scheme = headers['X-Forwarded-Proto'] === 'https' ? 'wss' : 'ws'
  const socket = /^[a-zA-Z0-9.:[\]-]{1,255}$/.test(host) ? `${scheme}://${host} ` : ''
  const policy = new Map([
    ['default-src', "'self'"],
    ['connect-src', `${socket}'self'`],
    ['form-action', "'self'"],
    ['base-uri', "'self'"],
    ['object-src', "'none'"],
    ['font-src', "'self' data:"],
    ['img-src', "'self' data:"],
  ])
  for (const part of typeof own === 'string' ? own.split(';') : []) {
    const [name, ...values] = part.trim().split(/\s+/)
    if (name) policy.set(name, values.join(' '))
  }
  return [...policy].map(([name, value]) => `${name} ${value}`).join('; ')
}

function manifests(packages: Package[]): JsonObject {
  return Object.fromEntries(packages.map(({ name, manifest }) => [name, manifest]))
}

function uncached(type: string): Record<string, string> {
  return { 'Cache-Control': 'no-cache, no-store', 'Content-Type': type }
}

function missing(): Answer {
  return { status: 404, headers: uncached('text/plain; charset=utf-8'), body: 'Not found\n' }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return '.'
  }
}
