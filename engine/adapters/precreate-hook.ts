import { EngineError } from '../errors/index.ts'
import { run } from '../lib/process/exec.ts'

/** A program that sees a container's configuration before the runtime does; oci-hooks(5). */
export interface PrecreateHook {
  path: string
  /** With its name as the first. */
  args?: readonly string[] | undefined
  /** Its whole environment. */
  env?: readonly string[] | undefined
  /** Seconds. */
  timeout?: number | undefined
}

/** Seconds for a hook that names no time. */
const usualTimeout = 30

/**
 * Gives the runtime's configuration to a hook.
 *
 * @param folder its working directory.
 * @returns what it makes of it, as it wrote it; empty when it wrote nothing.
 * @throws EngineError `ProgramFailed` where it failed, with what it said, or took too long; `ProgramMissing`, `Cancelled`.
 */
export async function runPrecreateHook(
  { path, args = [], env = [], timeout = usualTimeout }: PrecreateHook,
  config: string,
  options: { folder: string; signal?: AbortSignal | undefined },
): Promise<string> {
  const { code, stdout, stderr } = await run(path, args.slice(1), {
    stdin: config,
    env: Object.fromEntries(env.map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)])),
    cwd: options.folder,
    timeout: timeout * 1000,
    signal: options.signal,
  })
  if (code === 0) return stdout
  const said = stderr.trim().slice(-500)
  throw new EngineError(
    'ProgramFailed',
    `The hook ${path} (stage precreate) ended with status ${code}${said === '' ? '' : `: ${said}`}; correct it, or take its file out of the folder of hooks.`,
    { details: { program: path, code } },
  )
}
