import { readlinkSync } from 'node:fs'

/**
 * Puts our terminal into raw mode, both ways: Node's own still turns line feeds of the output into carriage return and
 * line feed, which the container's terminal has done already, and which breaks full-screen programs.
 *
 * @returns what puts the terminal back as it was.
 */
export async function rawMode(): Promise<() => void> {
  process.stdin.setRawMode(true)
  try {
    const { run } = await import('../lib/exec.ts')
    await run('stty', ['-F', readlinkSync('/proc/self/fd/0'), '-opost'], { timeout: 2000 })
  } catch {
    // Without it lines only end twice.
  }
  return () => void process.stdin.setRawMode(false)
}
