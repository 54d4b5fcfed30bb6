import { EngineError } from '../errors/index.ts'
import { run, which } from '../lib/process/exec.ts'

/** Which processes ps(1) looks at. */
export interface ProcessScope {
  /** The first process of the container: ps joins its pid namespace, and sees it by the numbers that it has there. */
  pid: number
  /** Whether it has a user namespace of its own, which alone may mount a /proc of its pid namespace. */
  ownIds: boolean
}

/** Whether the host has ps(1). */
export const hasPs = (): boolean => which('ps') !== null

/**
 * The host's ps(1) among the processes of a container, so that an image needs none. Its own line is left out where its command line
 * is shown, as podman does.
 *
 * @returns its lines, the headings first.
 * @throws EngineError `InvalidArgument` where ps refuses its arguments, with podman's message and what ps said; `ProgramMissing`.
 */
export async function listProcesses(
  { pid, ownIds }: ProcessScope,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const enter = ['-t', String(pid), ...(ownIds ? ['-U', '--preserve-credentials'] : []), '-p']
  const alone = ['unshare', '--mount', '--mount-proc', 'ps', ...args]
  const { code, stdout, stderr } = await run('nsenter', [...enter, '--', ...alone], { timeout: 20_000, signal })
  if (code !== 0)
    throw new EngineError('InvalidArgument', `ps(1) failed with exit code ${code}: ${stderr}`, { details: { field: 'ps_args' } })
  const own = `ps ${args.join(' ')}`
  return stdout.split('\n').filter((line) => line !== '' && !line.endsWith(own))
}
