import { randomBytes } from 'node:crypto'

/** A new id of a container, pod, exec session or network: 64 hexadecimal digits of randomness. */
export function randomId(): string {
  return randomBytes(32).toString('hex')
}

/** A short random word for temporary names, 12 hexadecimal digits. */
export function randomToken(): string {
  return randomBytes(6).toString('hex')
}
