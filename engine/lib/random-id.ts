import { closeSync, openSync, readSync } from 'node:fs'

/** A new id of a container, pod, exec session or network: 64 hexadecimal digits of randomness. */
export function randomId(): string {
  return randomHex(32)
}

/** A short random text for temporary names, 12 hexadecimal digits. */
export function randomToken(): string {
  return randomHex(6)
}

/** Hexadecimal digits of the kernel's randomness (random(4)): node:crypto, which offers the same, takes longer to load than most commands take in all. */
export function randomHex(bytes: number): string {
  const random = Buffer.alloc(bytes)
  const file = openSync('/dev/urandom', 'r')
  try {
    if (readSync(file, random) !== bytes) throw new Error('/dev/urandom returned too few bytes.')
  } finally {
    closeSync(file)
  }
  return random.toString('hex')
}
