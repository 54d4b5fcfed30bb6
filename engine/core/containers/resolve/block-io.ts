import { existsSync, statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Resources } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkBlkioWeight } from '../../../spec/device-limit.ts'
import type { Context } from '../../context.ts'
import { deviceNumbers } from '../spec/device-numbers.ts'

type BlockIo = NonNullable<Resources['blockIO']>

/** Rates by path, and where the runtime's specification has them by number. */
const throttles = {
  throttleReadBpsDevice: (spec: ContainerSpec) => spec.throttleReadBpsDevice,
  throttleWriteBpsDevice: (spec: ContainerSpec) => spec.throttleWriteBpsDevice,
  throttleReadIOPSDevice: (spec: ContainerSpec) => spec.throttleReadIOPSDevice,
  throttleWriteIOPSDevice: (spec: ContainerSpec) => spec.throttleWriteIOPSDevice,
} as const

/**
 * Limits of block devices, with the numbers of those that the request names by path; nothing without any.
 *
 * @throws EngineError `InvalidArgument` for a device that is not there, with podman's message, or a weight out of range.
 */
export function blockIoLimits(spec: ContainerSpec): BlockIo | undefined {
  const asked = spec.resource_limits?.blockIO ?? {}
  const { weight, leafWeight, weightDevice } = asked
  const weights = [
    ...(weightDevice ?? []),
    ...Object.entries(spec.weightDevice ?? {}).map(([device, { weight: one, leafWeight: leaf }]) => ({
      ...numbersOf(device, `failed to inspect '${device}' in --blkio-weight-device`),
      ...given({ weight: one, leafWeight: leaf }),
    })),
  ]
  const rates = Object.entries(throttles).flatMap(([name, byPath]) => {
    const list = [
      ...(asked[name as keyof typeof throttles] ?? []),
      ...Object.entries(byPath(spec) ?? {}).map(([device, { rate }]) => ({
        ...numbersOf(device, `could not parse throttle device at ${device}`),
        rate,
      })),
    ]
    return list.length > 0 ? [[name, list] as const] : []
  })
  for (const each of [weight, leafWeight, ...weights.flatMap((one) => [one.weight, one.leafWeight])])
    if (each !== undefined) checkBlkioWeight(each)
  const limits: BlockIo = {
    ...given({ weight: weight || undefined, leafWeight: leafWeight || undefined }),
    ...(weights.length > 0 ? { weightDevice: weights } : {}),
    ...Object.fromEntries(rates),
  }
  return Object.keys(limits).length > 0 ? limits : undefined
}

function numbersOf(device: string, context: string): { major: number; minor: number } {
  const found = statSync(device, { throwIfNoEntry: false })
  if (!found) throw new EngineError('InvalidArgument', `${context}: no such file or directory`, { details: { device } })
  if (found.isBlockDevice() || found.isCharacterDevice()) return deviceNumbers(found.rdev)
  throw new EngineError('InvalidArgument', `${context}: it is not a device`, { details: { device } })
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** Limits without weights where the kernel has none for control groups of version 1, with podman's warning. */
export function withoutWeights({ cgroups }: Context, limits: BlockIo, warnings: string[]): BlockIo | undefined {
  const { weight, leafWeight, weightDevice, ...rest } = limits
  const known = ['blkio.weight', 'blkio.bfq.weight', 'blkio.bfq.io_serviced']
  const has = cgroups.mode === 'v2' || known.some((name) => existsSync(path.join(cgroups.root, 'blkio', name)))
  if (has) return limits
  if (weight !== undefined || leafWeight !== undefined)
    warnings.push('Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.')
  if (weightDevice !== undefined)
    warnings.push('Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.')
  return Object.keys(rest).length > 0 ? rest : undefined
}
