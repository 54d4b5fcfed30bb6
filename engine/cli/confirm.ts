import { createInterface } from 'node:readline/promises'

/** Asks on the terminal, as podman does before it prunes. Without a terminal the answer is no. */
export async function confirm(warning: string): Promise<boolean> {
  process.stdout.write(`WARNING! ${warning}\n`)
  const reader = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
    const answer = await Promise.race([reader.question('Are you sure you want to continue? [y/N] '), ended])
    return /^y/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
