import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { contentPolicy, cookieOf, sendText } from './headers.ts'
import { sendPackagePage } from './package-html.ts'
import { safeSegments, sendFile } from './static-files.ts'

/** Serves a file of a Cockpit package: `rest` is what follows `/cockpit/@localhost/`. */
export async function sendPackageFile(
  request: IncomingMessage,
  response: ServerResponse,
  folders: readonly string[],
  rest: string,
  secure: boolean,
): Promise<void> {
  const segments = safeSegments(rest)
  const [name, ...path] = segments ?? []
  if (name === undefined || path.length === 0) return sendText(response, 404, 'Not found')
  const folder = await findPackage(folders, name)
  if (folder === undefined) return sendText(response, 404, `There is no package "${name}".`)
  const policy = contentPolicy(request.headers.host, secure, await manifestPolicy(folder))
  const headers = { 'Content-Security-Policy': policy, 'Access-Control-Allow-Origin': 'null' }
  if (path.at(-1)!.endsWith('.html')) return sendPackagePage(request, response, join(folder, ...path), headers)
  if (path.length === 1 && path[0] === 'po.js') return sendCatalogue(request, response, folder, headers)
  await sendFile(request, response, folder, path, headers)
}

async function findPackage(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const manifest = await stat(join(folder, name, 'manifest.json')).catch(() => undefined)
    if (manifest?.isFile() === true) return join(folder, name)
  }
  return undefined
}

async function manifestPolicy(folder: string): Promise<string | undefined> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    const policy = (manifest as Record<string, unknown> | null)?.['content-security-policy']
    return typeof policy === 'string' ? policy : undefined
  } catch {
    return undefined
  }
}

/** The catalogue in the language of the page: the one chosen in the shell, else the first the browser asks for that there is. */
async function sendCatalogue(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  headers: Record<string, string>,
): Promise<void> {
  const chosen = cookieOf(request.headers.cookie, 'CockpitLang')
  const accepted = String(request.headers['accept-language'] ?? '')
    .split(',')
    .map((each) => each.split(';')[0]!.trim())
  for (const language of [...(chosen === undefined ? [] : [chosen]), ...accepted.slice(0, 20)]) {
    if (/^en\b/i.test(language)) break
    for (const form of [language.replace('-', '_'), language.slice(0, 2)]) {
      if (!/^[a-zA-Z_]{2,10}$/.test(form)) continue
      const file = join(folder, `po.${form}.js`)
      const there = await Promise.any([stat(file), stat(`${file}.gz`)]).catch(() => undefined)
      if (there !== undefined) return sendFile(request, response, folder, [`po.${form}.js`], headers)
    }
  }
  response
    .writeHead(200, {
      ...headers,
      'Content-Type': 'text/javascript; charset=utf-8',
      'Content-Length': 0,
      'Cache-Control': 'no-cache',
    })
    .end()
}
