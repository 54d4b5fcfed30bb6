/** Why a system call on a file failed, as Go's programs say it: without Node's code in front, and without the path behind. */
export function fileReason(error: unknown): string {
  return (error as Error).message.replace(/^[A-Z]+: (.+?), [a-z]+\b.*$/s, '$1')
}
