import { createInterface } from 'node:readline/promises'

import { UsageError } from '../parse/usage-error.ts'
import { print, stdout } from '../output/print.ts'

/**
 * Asks for confirmation on the terminal, as podman does before it prunes. @throws UsageError when the input ends without an answer
 */
export async function confirm(warning: string): Promise<boolean> {
  print(`WARNING! ${warning}\n`)
  const reader = createInterface({ input: process.stdin, output: stdout() })
  try {
    const ended = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)))
    const answer = await Promise.race([reader.question('Are you sure you want to continue? [y/N] '), ended])
    if (answer === undefined) throw new UsageError('EOF: nobody is there to answer; --force asks nothing')
    return /^y/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
