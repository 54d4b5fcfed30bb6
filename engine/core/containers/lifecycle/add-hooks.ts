import { runPrecreateHook } from '../../../adapters/precreate-hook.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { ociHooks } from '../spec/hooks.ts'
import type { OciSpec } from '../spec/oci.ts'
import { ociJson } from '../spec/oci-json.ts'

/**
 * Adds the hooks that apply to a container, and runs those of the stage precreate, each on what the one before made of the
 * configuration.
 *
 * @returns the configuration that the runtime gets.
 * @throws EngineError `InvalidArgument` for a file that describes no hook, `ProgramFailed` for a hook that failed or wrote no
 *   configuration.
 */
export async function addHooks(
  context: Context,
  { id, config }: ContainerRecord,
  folders: readonly string[],
  spec: OciSpec,
  signal?: AbortSignal,
): Promise<OciSpec> {
  const isBind = config.mounts.some(({ kind }) => kind === 'bind')
  const { hooks, precreate } = await ociHooks(folders, spec, isBind)
  let result: OciSpec = spec
  if (Object.keys(hooks).length > 0) result.hooks = { ...result.hooks, ...merged(result.hooks, hooks) }
  const folder = containerPaths(context, id).bundle
  for (const hook of precreate) {
    const text = await runPrecreateHook(hook, ociJson(result), { folder, signal })
    // One that only looks writes nothing.
    if (text.trim() !== '') result = configOf(text, hook.path)
  }
  return result
}

/** Devices may have brought hooks of their own: theirs come first. */
function merged(before: OciSpec['hooks'] = {}, added: NonNullable<OciSpec['hooks']>): NonNullable<OciSpec['hooks']> {
  const stages = Object.keys(added) as (keyof typeof added)[]
  return Object.fromEntries(stages.map((stage) => [stage, [...(before[stage] ?? []), ...(added[stage] ?? [])]]))
}

/** What decides that it is a configuration at all; the runtime checks the rest. */
function configOf(text: string, program: string): OciSpec {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw notConfig(program, 'what it wrote is not JSON', cause)
  }
  const { process, root, mounts, linux } = (document ?? {}) as Partial<Record<keyof OciSpec, unknown>>
  const whole = [process, root, linux].every((part) => typeof part === 'object' && part !== null) && Array.isArray(mounts)
  if (!whole) throw notConfig(program, 'what it wrote has no process, root, mounts or linux')
  return document as OciSpec
}

function notConfig(program: string, reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'ProgramFailed',
    `The hook ${program} (stage precreate) must write the runtime's configuration, or nothing: ${reason}; correct it, or take its file out of the folder of hooks.`,
    { details: { program }, cause },
  )
}
