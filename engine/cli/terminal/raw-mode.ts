import { readlinkSync } from 'node:fs'

/**
 * Puts our terminal into raw mode, both ways: Node's own still turns line feeds of the output into carriage return and
 * line feed, which the container's terminal has done already, and which breaks full-screen programs.
 *
 * @returns a function that restores the terminal.
 */
export async function rawMode(): Promise<() => void> {
  process.stdin.setRawMode(true)
  try {
    const { stopOutputProcessing } = await import('../../adapters/stty.ts')
    await stopOutputProcessing(readlinkSync('/proc/self/fd/0'))
  } catch {
    // Without it line ends are only doubled.
  }
  return () => void process.stdin.setRawMode(false)
}
