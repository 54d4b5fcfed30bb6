import { readdirSync } from 'node:fs'
import { bind } from './libc.ts'

/** CLOSE_RANGE_CLOEXEC of linux/close_range.h; F_SETFD and FD_CLOEXEC of fcntl(2). */
const [cloexecRange, setFlags, closeOnExecFlag] = [4, 2, 1]

/**
 * Marks all descriptors above 2 close-on-exec, except those passed on explicitly: what a shell or a library left open must not
 * reach other programs. Node's own are so already.
 */
export function closeOnExec(): void {
  const closeRange = bind('close_range', 'int', ['uint32_t', 'uint32_t', 'int'])
  if (closeRange(3, 0xffff_ffff, cloexecRange) === 0) return
  // Linux before 5.11 has no such flag.
  const setDescriptor = bind('fcntl', 'int', ['int', 'int', 'int'])
  for (const fd of readdirSync('/proc/self/fd')) if (Number(fd) > 2) setDescriptor(Number(fd), setFlags, closeOnExecFlag)
}
