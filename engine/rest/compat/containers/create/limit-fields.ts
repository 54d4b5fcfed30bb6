import type { ContainerSpec, Resources } from '../../../../contract/index.ts'
import type { DockerHostConfig } from '../../../../contract/docker/containers.ts'
import { checkMemory, cpuQuota } from '../../../../spec/limit.ts'

/** Limits; Docker's clients send 0 for what has none. @throws EngineError `InvalidArgument` */
export function limitFields(host: DockerHostConfig): ContainerSpec {
  const memory = set({
    limit: host.Memory,
    reservation: host.MemoryReservation,
    swap: host.MemorySwap,
    // -1 stands for none in answers of ours.
    swappiness: host.MemorySwappiness === -1 ? 0 : host.MemorySwappiness,
  })
  const cpu = {
    ...set({
      shares: host.CpuShares,
      period: host.CpuPeriod,
      quota: host.CpuQuota,
      cpus: host.CpusetCpus,
      mems: host.CpusetMems,
    }),
    ...(host.NanoCpus ? cpuQuota(host.NanoCpus / 1e9) : {}),
  }
  const pids = set({ limit: host.PidsLimit })
  checkMemory(memory)
  const resources = Object.fromEntries(
    Object.entries({ memory, cpu, pids }).filter(([, limits]) => Object.keys(limits).length > 0),
  )
  return Object.keys(resources).length > 0 ? { resource_limits: resources as Resources } : {}
}

function set<T extends object>(limits: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => Boolean(value))) as never
}
