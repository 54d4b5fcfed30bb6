import type { ContainerSpec, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { type LimitKind, requireLimit } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'

const kinds: { kind: LimitKind; asked: string; of: (limits: Resources) => object | undefined }[] = [
  { kind: 'memory', asked: 'memory limit', of: ({ memory }) => memory },
  { kind: 'cpu', asked: 'CPU limit', of: ({ cpu }) => cpu && { ...cpu, cpus: undefined, mems: undefined } },
  { kind: 'cpuset', asked: 'choice of CPUs', of: ({ cpu }) => cpu && { cpus: cpu.cpus, mems: cpu.mems } },
  { kind: 'pids', asked: 'limit of processes', of: ({ pids }) => (pids && (pids.limit ?? 0) > 0 ? pids : undefined) },
]

/**
 * The request without the limits that an ordinary user cannot have here: as with podman, the container runs without them.
 *
 * @param warnings gets a sentence for each kind that has no effect.
 */
export async function withPossibleLimits(context: Context, spec: ContainerSpec, warnings: string[]): Promise<ContainerSpec> {
  const limits = spec.resource_limits
  if (!limits || !context.identity.rootless) return spec
  const left: Resources = structuredClone(limits)
  for (const { kind, asked, of } of kinds) {
    if (!Object.values(of(limits) ?? {}).some((value) => value !== undefined && value !== null && value !== 0 && value !== ''))
      continue
    try {
      await requireLimit(context, kind, asked)
    } catch (error) {
      if (!EngineError.is(error, 'LimitUnavailable')) throw error
      warnings.push(error.message.replace('cannot be set', 'has no effect'))
      drop(left, kind)
    }
  }
  return { ...spec, resource_limits: left }
}

function drop(limits: Resources, kind: LimitKind): void {
  if (kind === 'memory' || kind === 'pids') delete limits[kind]
  else if (limits.cpu)
    for (const name of kind === 'cpuset' ? (['cpus', 'mems'] as const) : (['shares', 'quota', 'period'] as const))
      delete limits.cpu[name]
}
