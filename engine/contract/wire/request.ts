import type { Bytes } from '../engine.ts'
import type { Operation } from '../operation.ts'
import { encodeSecret } from './credentials.ts'

/** An operation's input as an HTTP request. */
export interface WireRequest {
  method: string
  /** Path and query string, below the version prefix. */
  path: string
  /** Lower-case names. */
  headers: Record<string, string>
  body?: Bytes | string
}

/** Puts checked input where {@link Operation} says: path, query, header or body. The reverse of what engine/rest does. */
export function encodeRequest(operation: Operation, input: Record<string, unknown>): WireRequest {
  const { body, ...fields } = input
  const headers: Record<string, string> = {}
  const query = new URLSearchParams(operation.fixed)
  const path = operation.path.replace(/\{(\w+)(:\.\*)?\}/g, (_, field: string, slashes?: string) => {
    const value = encodeURIComponent(String(fields[field]))
    delete fields[field]
    return slashes ? value.replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%40', '@') : value
  })
  for (const [field, value] of Object.entries(fields)) {
    const header = Object.hasOwn(operation.headers ?? {}, field) ? operation.headers?.[field] : undefined
    if (value === undefined || value === null) continue
    if (header) headers[header.name.toLowerCase()] = encodeSecret(header.form, String(value))
    else appendQuery(query, field, value)
  }
  const text = query.size > 0 ? `?${query}` : ''
  if (operation.body === undefined) return { method: operation.method, path: path + text, headers }
  headers['content-type'] = operation.body === 'bytes' ? 'application/octet-stream' : 'application/json'
  return {
    method: operation.method,
    path: path + text,
    headers,
    body: operation.body === 'bytes' ? (body as Bytes) : JSON.stringify(body ?? {}),
  }
}

function appendQuery(query: URLSearchParams, field: string, value: unknown): void {
  if (Array.isArray(value)) for (const each of value) query.append(field, String(each))
  else if (typeof value !== 'object' || value === null) query.append(field, String(value))
  else if (Object.keys(value).length > 0) query.append(field, JSON.stringify(value))
}
