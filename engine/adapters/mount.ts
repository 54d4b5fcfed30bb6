import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run } from '../lib/process/exec.ts'

const timeout = 60_000

/**
 * Mounts with mount(8), which knows file systems that have a program of their own (mount.nfs) and options that are not the kernel's.
 *
 * @throws EngineError `ProgramFailed` with its message, `ProgramMissing`.
 */
export async function runMount(
  { type, device, options }: { type: string; device: string; options: readonly string[] },
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const flags = [...(options.length > 0 ? ['-o', options.join(',')] : []), ...(type === '' ? [] : ['-t', type])]
  const { code, stderr } = await run('mount', [...flags, '--', device, target], {
    env: plainEnvironment({ LC_ALL: 'C' }),
    timeout,
    ...(signal ? { signal } : {}),
  })
  if (code === 0) return
  const reason =
    stderr
      .trim()
      .split('\n')[0]
      ?.replace(/^mount: (?:\S+: )?/, '') || `mount ended with status ${code}`
  throw new EngineError('ProgramFailed', reason.replace(/\.$/, ''), { details: { program: 'mount', status: code } })
}
