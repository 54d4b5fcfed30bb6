import { run } from '../lib/process/exec.ts'

/**
 * Stops a terminal from turning each line feed of its output into carriage return and line feed (stty(1), `-opost`).
 *
 * @param terminal its device. @throws EngineError `ProgramMissing`, `Timeout`.
 */
export async function stopOutputProcessing(terminal: string): Promise<void> {
  await run('stty', ['-F', terminal, '-opost'], { timeout: 2000 })
}
