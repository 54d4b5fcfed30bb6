import { EngineError } from '../../../errors/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'

const maxBytes = 4 * 1024 * 1024

/** One registry of a sync file (skopeo-sync(1), YAML FILE CONTENT). */
export interface RegistryList {
  registry: string
  /** Tags and digests by repository; none for all tags. */
  images: [string, string[]][]
  /** Regular expressions for tags, by repository. */
  byRegex: [string, string][]
  /** Constraints for versions, by repository. */
  bySemver: [string, string][]
  credentials?: { username: string; password: string }
  tlsVerify?: boolean
  certDir?: string
}

/**
 * Reads such a file.
 * @throws EngineError NotFound, InvalidArgument, TooLarge
 */
export async function readYamlSource(file: string): Promise<RegistryList[]> {
  const text = await readBounded(file, maxBytes)
  if (text === undefined) throw new EngineError('NotFound', `There is no file ${file}.`, { details: { path: file } })
  const { parse } = await import('yaml')
  let document: unknown
  try {
    // Nothing but texts: a tag that looks like a number stays as it is written, `1.20`.
    document = parse(text, { schema: 'failsafe', maxAliasCount: 100, merge: true })
  } catch (cause) {
    throw invalid(file, (cause as Error).message.split('\n')[0] ?? '', cause)
  }
  return entries(document, file, 'the file').map(([registry, value]) => registryList(registry, value, file))
}

function registryList(registry: string, value: unknown, file: string): RegistryList {
  const found = Object.fromEntries(entries(value, file, registry))
  const credentials = Object.fromEntries(entries(found['credentials'], file, `credentials of ${registry}`))
  const username = text(credentials['username'], file, `username of ${registry}`)
  const password = text(credentials['password'], file, `password of ${registry}`)
  const tlsVerify = parseBoolean(found['tls-verify'], file, `tls-verify of ${registry}`)
  const certDir = text(found['cert-dir'], file, `cert-dir of ${registry}`)
  return {
    registry,
    images: entries(found['images'], file, `images of ${registry}`).map(([name, tags]) => [name, texts(tags, file, name)]),
    byRegex: pairs(found['images-by-tag-regex'], file, registry),
    bySemver: pairs(found['images-by-semver'], file, registry),
    ...(username === '' && password === '' ? {} : { credentials: { username, password } }),
    ...(tlsVerify === undefined ? {} : { tlsVerify }),
    ...(certDir === '' ? {} : { certDir }),
  }
}

function entries(value: unknown, file: string, what: string): [string, unknown][] {
  if (isNothing(value)) return []
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value)
  throw invalid(file, `${what} holds no list of names with values`)
}

const pairs = (value: unknown, file: string, registry: string): [string, string][] =>
  entries(value, file, registry).map(([name, each]) => [name, text(each, file, name)])

function texts(value: unknown, file: string, what: string): string[] {
  if (isNothing(value)) return []
  if (Array.isArray(value)) return value.map((each) => text(each, file, what))
  throw invalid(file, `${what} has no list of tags`)
}

function text(value: unknown, file: string, what: string): string {
  if (isNothing(value)) return ''
  if (typeof value === 'string') return value
  throw invalid(file, `${what} is no text`)
}

/** As YAML 1.1 and Go's reader of it have it. */
function parseBoolean(value: unknown, file: string, what: string): boolean | undefined {
  if (isNothing(value)) return undefined
  if (typeof value === 'string' && /^(true|yes|on|y)$/i.test(value)) return true
  if (typeof value === 'string' && /^(false|no|off|n)$/i.test(value)) return false
  throw invalid(file, `${what} is neither true nor false`)
}

/** An unset value, in any of YAML's forms. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === '~' || value === 'null'

function invalid(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('InvalidArgument', `Failed to unmarshal ${JSON.stringify(file)}: ${reason}.`, {
    details: { path: file },
    ...(cause === undefined ? {} : { cause }),
  })
}
