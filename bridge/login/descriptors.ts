import { readdirSync } from 'node:fs'
import { libc } from './libc.ts'

/** Flags of linux/close_range.h and fcntl(2). */
const closeRangeCloexec = 4
const [setFlags, closeOnExecFlag] = [2, 1]

/**
 * Sets close-on-exec for every descriptor above 2: descriptors that the shell, libraries and PAM's
 * modules left open must not leak into other programs. Node's own have it already.
 */
export function closeOnExec(): void {
  const closeRange = libc('close_range', 'int', 'uint32_t', 'uint32_t', 'int')
  if (closeRange(3, 0xffff_ffff, closeRangeCloexec) === 0) return
  // Linux before 5.11 has no such flag.
  const setDescriptor = libc('fcntl', 'int', 'int', 'int', 'int')
  for (const fd of readdirSync('/proc/self/fd')) if (Number(fd) > 2) setDescriptor(Number(fd), setFlags, closeOnExecFlag)
}
