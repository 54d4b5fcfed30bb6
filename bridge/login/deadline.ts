import { libc } from './libc.ts'

/**
 * Ends this process with SIGALRM (alarm(2)) after so many seconds, even in a blocking system call; 0 cancels the last
 * deadline. PAM's modules and account lookups block this thread, so that no timer of Node's would run.
 */
export function setDeadline(seconds: number): void {
  libc('alarm', 'uint32_t', 'uint32_t')(seconds)
}
