import { number, type Values, words } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'

/** Flags of `run` and `exec`, which alone have the caller's descriptors. */
export const preserveFlags = {
  'preserve-fd': words('', 'Pass a file descriptor into the container', { value: 'uints' }),
  'preserve-fds': number('', 'Pass a number of additional file descriptors into the container', { value: 'uint' }),
}

/** More than any process opens by chance. */
const last = 4095

/** The numbers of the descriptors that are passed on. @throws UsageError */
export function preservedDescriptors(flags: Values<typeof preserveFlags>): number[] {
  const listed = flags['preserve-fd'].map((text) => {
    const descriptor = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (descriptor >= 3 && descriptor <= last) return descriptor
    throw new UsageError(`--preserve-fd ${JSON.stringify(text)} is not a descriptor from 3 to ${last}`)
  })
  const count = flags['preserve-fds'] ?? 0
  if (count > last - 2)
    throw new UsageError(`--preserve-fds ${count} is more than the ${last - 2} descriptors that can be passed`)
  return [...Array.from({ length: count }, (_, index) => index + 3), ...listed]
}
