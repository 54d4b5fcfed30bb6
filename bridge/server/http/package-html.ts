import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { returnParameter, secretKey, secretProtocolPrefix } from '../../protocol/index.ts'
import { sendText } from './headers.ts'
import { packagePageScript } from './page-script.ts'

/** Bytes of a page, unpacked, beyond which it is refused. */
const maxPage = 4 * 1024 * 1024

/** Inserted before a page's own scripts: policies forbid inline scripts. */
const tag = '<script src="/cockpit/session.js"></script>'

/**
 * Sends a package's page with the script that binds it to the session before its own, whether its client is
 * `base1/cockpit.js` or part of its own scripts. 404 where there is none.
 */
export async function sendPackagePage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: Record<string, string>,
): Promise<void> {
  const page = await readPage(path)
  if (page === undefined) return sendText(response, 404, 'Not found')
  sendSmall(request, response, withScript(page), { ...headers, 'Content-Type': 'text/html; charset=utf-8' })
}

/** Sends the script itself, which is the same for everyone. */
export function sendPageScript(request: IncomingMessage, response: ServerResponse): void {
  const script = packagePageScript({ key: secretKey, prefix: secretProtocolPrefix, returnParameter })
  sendSmall(request, response, script, { 'Content-Type': 'text/javascript; charset=utf-8' })
}

/** The page with the script first in its head. A page without one gets it where its head begins by itself. */
export function withScript(page: string): string {
  const head = /^(?:\s|<!--[^]*?-->|<!doctype[^>]*>|<html[^>]*>)*<head[^>]*>|^\s*<!doctype[^>]*>/i.exec(page)?.[0] ?? ''
  return head + tag + page.slice(head.length)
}

/** Plain, or only compressed as Cockpit's packages have it. */
async function readPage(path: string): Promise<string | undefined> {
  for (const [file, packed] of [
    [path, false],
    [`${path}.gz`, true],
  ] as const) {
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile() !== true || found.size > maxPage) continue
    const bytes = await readFile(file)
    return (packed ? await promisify(gunzip)(bytes, { maxOutputLength: maxPage }) : bytes).toString('utf8')
  }
  return undefined
}

function sendSmall(request: IncomingMessage, response: ServerResponse, text: string, headers: Record<string, string>): void {
  const version = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  const common = { ...headers, 'Cache-Control': 'no-cache', ETag: version }
  if (request.headers['if-none-match'] === version) {
    response.writeHead(304, common).end()
    return
  }
  response.writeHead(200, { ...common, 'Content-Length': Buffer.byteLength(text) })
  response.end(request.method === 'HEAD' ? undefined : text)
}
