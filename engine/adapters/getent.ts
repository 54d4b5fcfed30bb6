import { run } from '../lib/process/exec.ts'

/**
 * An account's line of the system's directory (getent(1)), by name or uid.
 *
 * @returns undefined where there is none, or no answer within five seconds.
 */
export async function passwdEntry(key: string): Promise<string | undefined> {
  const answer = await run('getent', ['passwd', '--', key], { timeout: 5000, maxOutput: 64 * 1024 }).catch(() => undefined)
  return answer?.code === 0 ? answer.stdout.split('\n')[0] : undefined
}
