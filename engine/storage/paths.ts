import type { TarHeader } from '../lib/tar/index.ts'
import { layerInvalid } from './failures.ts'

/**
 * Member names are kept as "binary" text, one character a byte, so that names which are not UTF-8 survive and
 * comparing them is exact.
 */
export type BinaryPath = string

const ascii = /^[\0-\x7f]*$/

/** Text as binary text. */
export function toBinary(text: string, raw?: Uint8Array): BinaryPath {
  if (raw) return Buffer.from(raw).toString('latin1')
  return ascii.test(text) ? text : Buffer.from(text).toString('latin1')
}

/** Binary text in the form file system calls take. */
export function toFile(path: BinaryPath): string | Buffer {
  return ascii.test(path) ? path : Buffer.from(path, 'latin1')
}

/** A member's name in parts. */
export function memberParts(header: TarHeader): BinaryPath[] {
  return cleanParts(toBinary(header.path, header.rawPath), 'name')
}

/** The parts of the member that a hard link names. */
export function linkParts(header: TarHeader): BinaryPath[] {
  return cleanParts(toBinary(header.linkTarget ?? '', header.rawLinkTarget), 'hard link target')
}

/**
 * Parts relative to the layer's root: absolute names begin at the root, as in a chroot; `..` is resolved by text.
 * @throws LayerInvalid when it leaves the root.
 */
function cleanParts(path: BinaryPath, what: string): BinaryPath[] {
  const parts: BinaryPath[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined)
      throw layerInvalid(`its member ${JSON.stringify(path.slice(0, 200))} has a ${what} that leaves the layer`)
  }
  return parts
}
