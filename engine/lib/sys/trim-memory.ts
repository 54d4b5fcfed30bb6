import { bind } from './libc.ts'

let trim: ((keep: number) => number) | undefined

/** Gives what malloc(3) keeps of freed memory back to the system (malloc_trim(3)). Nothing where the C library has no such call. */
export function trimMemory(): void {
  try {
    trim ??= bind('malloc_trim', 'int', ['size_t'])
  } catch {
    trim = () => 0
  }
  trim(0)
}
