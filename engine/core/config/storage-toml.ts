import { EngineError } from '../../errors/index.ts'

export type TomlValue = string | boolean | number | string[]

/**
 * The part of TOML that storage.conf is written in: tables, and keys with texts, numbers, true, false and lists of texts. It is
 * read at the start of every command, which a whole TOML parser would make slower by milliseconds.
 * @returns values by `table.key`. @throws InvalidArgument, naming file and line.
 */
export function parseStorageToml(text: string, file: string): Map<string, TomlValue> {
  const values = new Map<string, TomlValue>()
  const lines = text.split(/\r?\n/)
  let table = ''
  for (let at = 0; at < lines.length; at++) {
    let line = stripComment(lines[at]!).trim()
    if (line === '') continue
    const header = /^\[([A-Za-z0-9_.\-\s"]+)\]$/.exec(line)
    if (header) {
      table = header[1]!.replaceAll(/["\s]/g, '')
      continue
    }
    const pair = /^([A-Za-z0-9_-]+|"[^"]+")\s*=\s*(.*)$/s.exec(line)
    if (!pair) throw unreadable(file, at)
    line = pair[2]!
    // A list may go on for several lines.
    const begun = at
    while (line.startsWith('[') && !closes(line)) {
      if (++at >= lines.length) throw unreadable(file, begun)
      line += ` ${stripComment(lines[at]!).trim()}`
    }
    const value = parseValue(line)
    if (value === undefined) throw unreadable(file, begun)
    values.set(`${table}.${pair[1]!.replaceAll('"', '')}`, value)
  }
  return values
}

const quoted = /"(?:[^"\\]|\\.)*"|'[^']*'/g

function stripComment(line: string): string {
  const masked = line.replaceAll(quoted, (text) => 'x'.repeat(text.length))
  const at = masked.indexOf('#')
  return at < 0 ? line : line.slice(0, at)
}

function closes(text: string): boolean {
  return text.replaceAll(quoted, '').includes(']')
}

function parseValue(text: string): TomlValue | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^[+-]?\d[\d_]*$/.test(text)) return Number(text.replaceAll('_', ''))
  if (!text.startsWith('[')) return parseText(text)
  const body = /^\[(.*)\]$/s.exec(text)?.[1]
  if (body === undefined || body.replaceAll(quoted, '').replaceAll(/[\s,]/g, '') !== '') return undefined
  const items = [...body.matchAll(quoted)].map(([item]) => parseText(item))
  return items.every((item) => item !== undefined) ? items : undefined
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', b: '\b', f: '\f' }

function parseText(text: string): string | undefined {
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1)
  if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) return undefined
  const body = text.slice(1, -1)
  if (/\\[^ntrbf"\\uU]/.test(body)) return undefined
  return body
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\([ntrbf"\\])/g, (_, name: string) => escapes[name]!)
}

function unreadable(file: string, line: number): EngineError {
  return new EngineError('InvalidArgument', `The file ${file} cannot be used: line ${line + 1} is not understood.`, {
    details: { file, line: line + 1 },
  })
}
