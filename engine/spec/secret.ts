import { badValue } from './bad-value.ts'
import { splitPair } from './pair.ts'

/** Bytes: a secret has at least one, and fewer than this. */
export const maxSecretSize = 512_000

/** Who may do what with the file of a secret, unless it is said: everyone reads it. */
export const defaultSecretMode = 0o444

const maxId = 4_294_967_295

/** A secret that a container gets, in libpod's form. */
export interface SecretFile {
  /** Its name or id. */
  Source: string
  /** The file in the container; what is relative is below /run/secrets. The secret's name where it is empty. */
  Target: string
  UID: number
  GID: number
  Mode: number
}

/** What `--secret` asks for: a file, or a variable of the environment. */
export type SecretRequest = { file: SecretFile } | { variable: string; secret: string }

/** @throws EngineError `InvalidArgument`, with podman's message, for a name that no secret can have. */
export function checkSecretName(name: string): void {
  if (name.length > 0 && name.length <= 253 && !/[,/=\0]/.test(name)) return
  throw badValue(
    "secret name \"{name}\" can not include '=', '/', ',', or the '\\0' (NULL) and be between 1 and 253 characters: invalid secret name",
    { name: name.slice(0, 300) },
  )
}

/** @throws EngineError `InvalidArgument`, with podman's message, unless a secret can have so many bytes. */
export function checkSecretSize(bytes: number): void {
  if (bytes > 0 && bytes < maxSecretSize) return
  throw badValue('secret data must be larger than 0 and less than {max} bytes', { max: maxSecretSize })
}

/**
 * `NAME[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]`; the name may also be said as `source=`.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function parseSecret(text: string): SecretRequest {
  const parts = text.split(',')
  const named = parts.length === 1 || !parts[0]!.includes('=')
  const given = options(named ? parts.slice(1) : parts)
  const source = named ? parts[0]! : (given.get('source') ?? '')
  if (source === '') throw badValue('no source found in "{secret}": parsing secret', { secret: text })
  const type = given.get('type') ?? 'mount'
  if (type !== 'mount' && type !== 'env') throw badValue('type {type} is invalid: parsing secret', { type })
  const target = given.get('target') ?? ''
  if (type === 'env') {
    if (['uid', 'gid', 'mode'].some((name) => given.has(name)))
      throw badValue('UID, GID, Mode options cannot be set with secret type env: parsing secret')
    return { variable: target || source, secret: source }
  }
  return {
    file: {
      Source: source,
      Target: target,
      UID: id('UID', given.get('uid')),
      GID: id('GID', given.get('gid')),
      Mode: mode(given.get('mode')),
    },
  }
}

const known = ['type', 'source', 'target', 'uid', 'gid', 'mode']

function options(parts: readonly string[]): Map<string, string> {
  const given = new Map<string, string>()
  for (const part of parts) {
    const [name, value] = splitPair(part)
    if (value === undefined || !known.includes(name.toLowerCase()))
      throw badValue('option {option} invalid: parsing secret', { option: part })
    given.set(name.toLowerCase(), value)
  }
  return given
}

function id(what: string, text: string | undefined): number {
  if (text === undefined) return 0
  if (/^\d{1,10}$/.test(text) && Number(text) <= maxId) return Number(text)
  throw badValue('{what} {value} invalid: parsing secret', { what, value: text })
}

function mode(text: string | undefined): number {
  if (text === undefined) return defaultSecretMode
  if (/^[0-7]{1,5}$/.test(text) && Number.parseInt(text, 8) <= 0o7777) return Number.parseInt(text, 8)
  throw badValue('mode {mode} invalid: parsing secret', { mode: text })
}
