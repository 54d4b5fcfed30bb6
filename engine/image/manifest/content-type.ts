/* eslint-disable no-control-regex -- what files begin with is rarely text */
import { readFileSync } from 'node:fs'

/** How many bytes {@link contentType} looks at. */
export const sniffBytes = 512

const text = 'text/plain; charset=utf-8'
const html = /^[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i

/** First bytes, as Latin-1 with `.` for any byte, and what they mean (WHATWG MIME Sniffing, sections 6 and 7). */
const signatures: readonly (readonly [RegExp, string])[] = [
  [html, 'text/html; charset=utf-8'],
  [/^[\t\n\f\r ]*<\?xml/, 'text/xml; charset=utf-8'],
  [/^%PDF-/, 'application/pdf'],
  [/^%!PS-Adobe-/, 'application/postscript'],
  [/^\xfe\xff/, 'text/plain; charset=utf-16be'],
  [/^\xff\xfe/, 'text/plain; charset=utf-16le'],
  [/^\xef\xbb\xbf/, text],
  [/^\0\0[\x01\x02]\0/, 'image/x-icon'],
  [/^BM/, 'image/bmp'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF....WEBPVP/s, 'image/webp'],
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^FORM....AIFF/s, 'audio/aiff'],
  [/^ID3/, 'audio/mpeg'],
  [/^OggS\0/, 'application/ogg'],
  [/^MThd\0\0\0\x06/, 'audio/midi'],
  [/^RIFF....AVI /s, 'video/avi'],
  [/^RIFF....WAVE/s, 'audio/wave'],
  [/^\x1a\x45\xdf\xa3/, 'video/webm'],
  [/^.{34}LP/s, 'application/vnd.ms-fontobject'],
  [/^\0\x01\0\0/, 'font/ttf'],
  [/^OTTO/, 'font/otf'],
  [/^ttcf/, 'font/collection'],
  [/^wOFF/, 'font/woff'],
  [/^wOF2/, 'font/woff2'],
  [/^\x1f\x8b\x08/, 'application/x-gzip'],
  [/^PK\x03\x04/, 'application/zip'],
  [/^Rar!\x1a\x07(?:\0|\x01\0)/, 'application/x-rar-compressed'],
  [/^\0asm/, 'application/wasm'],
]

/** Bytes that no text has. */
const binary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/

/** The media type of a file by its first {@link sniffBytes} bytes, as podman finds it. */
export function contentType(start: Uint8Array): string {
  const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, sniffBytes))
  const latin = bytes.toString('latin1')
  const known = signatures.find(([pattern]) => pattern.test(latin))
  if (known) return known[1]
  if (isMp4(bytes)) return 'video/mp4'
  return binary.test(latin) ? 'application/octet-stream' : text
}

/** ISO 14496-12: a `ftyp` box with a brand that begins with `mp4`. */
function isMp4(bytes: Buffer): boolean {
  if (bytes.length < 12 || bytes.toString('latin1', 4, 8) !== 'ftyp') return false
  const size = bytes.readUInt32BE(0)
  if (bytes.length < size || size % 4 !== 0) return false
  for (let at = 8; at < size; at += 4) if (at !== 12 && bytes.toString('latin1', at, at + 3) === 'mp4') return true
  return false
}

const builtIn: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  css: 'text/css',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  webp: 'image/webp',
  xml: 'text/xml',
}

let hostTypes: Map<string, string> | undefined

/** The media type that the end of a file's name stands for on this host, or nothing. */
export function extensionType(name: string): string | undefined {
  const dot = name.lastIndexOf('.')
  const extension = name.slice(dot + 1)
  if (dot < 0 || extension === '') return undefined
  hostTypes ??= readHostTypes()
  const lower = extension.toLowerCase()
  if (Object.hasOwn(builtIn, lower)) return builtIn[lower]
  return hostTypes.get(extension) ?? hostTypes.get(lower)
}

/** shared-mime-info's globs, else mime.types; the first mention of an ending counts. */
function readHostTypes(): Map<string, string> {
  const types = new Map<string, string>()
  const add = (extension: string, type: string): void => {
    if (!types.has(extension)) types.set(extension, type)
  }
  for (const file of ['/usr/local/share/mime/globs2', '/usr/share/mime/globs2']) {
    for (const line of lines(file)) {
      const match = /^\d+:([^:]+):\*\.([^:*?[]+)(?::|$)/.exec(line)
      if (match) add(match[2]!, match[1]!)
    }
    if (types.size > 0) return types
  }
  for (const file of ['/etc/mime.types', '/etc/apache2/mime.types', '/etc/apache/mime.types', '/etc/httpd/conf/mime.types']) {
    for (const line of lines(file)) {
      const [type, ...extensions] = line.replace(/#.*/, '').trim().split(/\s+/)
      for (const extension of extensions) add(extension, type!)
    }
  }
  return types
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}
