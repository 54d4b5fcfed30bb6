import { readFileSync, statSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import type { TlsFiles } from '../../rest/index.ts'

/** A PEM file is some kilobytes; a bundle of all authorities there are is some hundred. */
const maxBytes = 4 * 1024 * 1024

/**
 * Reads what `--tls-cert`, `--tls-key` and `--tls-client-ca` name; nothing where none is given.
 *
 * @throws EngineError `InvalidArgument` for half of a pair, and for files that cannot be read.
 */
export function readTlsFiles(cert?: string, key?: string, clientCa?: string): TlsFiles | undefined {
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined
  if (cert === undefined || key === undefined)
    throw new EngineError('InvalidArgument', 'TLS needs both --tls-cert and --tls-key.')
  return {
    cert: read('--tls-cert', cert),
    key: read('--tls-key', key),
    ...(clientCa === undefined ? {} : { clientCa: read('--tls-client-ca', clientCa) }),
  }
}

function read(flag: string, path: string): string {
  let text: string
  try {
    if (statSync(path).size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new EngineError('InvalidArgument', `${flag}: ${path} cannot be read: ${(error as Error).message}.`, { cause: error })
  }
  if (text.includes('-----BEGIN ')) return text
  throw new EngineError('InvalidArgument', `${flag}: ${path} is not a PEM file.`)
}
