import type { DockerInput } from '../../../contract/docker/index.ts'
import type { Mapping } from '../mapping.ts'

type Body = DockerInput<'docker.container.update'>['body']

const period = 100_000

/** Changes limits and restart policy; what is zero or empty stays as it is. */
export const update: Mapping<'docker.container.update'> = async (engine, { name, body }, options) => {
  const { Name: restartPolicy, MaximumRetryCount } = body.RestartPolicy ?? {}
  await engine['container.update'](
    {
      name,
      ...(restartPolicy ? { restartPolicy } : {}),
      ...(MaximumRetryCount ? { restartRetries: MaximumRetryCount } : {}),
      body: {
        memory: set({
          limit: body.Memory,
          reservation: body.MemoryReservation,
          swap: body.MemorySwap,
          // -1 is the host's own.
          swappiness: body.MemorySwappiness === -1 ? undefined : body.MemorySwappiness,
          disableOOMKiller: body.OomKillDisable,
        }),
        cpu: set({
          shares: body.CpuShares,
          ...cpuTime(body),
          realtimePeriod: body.CpuRealtimePeriod,
          realtimeRuntime: body.CpuRealtimeRuntime,
          cpus: body.CpusetCpus,
          mems: body.CpusetMems,
        }),
        pids: set({ limit: body.PidsLimit }),
        blockIO: set({ weight: body.BlkioWeight }),
        BlkIOWeightDevice: body.BlkioWeightDevice,
        DeviceReadBPs: body.BlkioDeviceReadBps,
        DeviceWriteBPs: body.BlkioDeviceWriteBps,
        DeviceReadIOPs: body.BlkioDeviceReadIOps,
        DeviceWriteIOPs: body.BlkioDeviceWriteIOps,
      },
    },
    options,
  )
  return { Warnings: null }
}

function cpuTime({ NanoCpus, CpuPeriod, CpuQuota }: Body) {
  return NanoCpus ? { period, quota: Math.round((NanoCpus / 1e9) * period) } : { period: CpuPeriod, quota: CpuQuota }
}

/** Without zero values; nothing where all are. */
function set<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } | undefined {
  const entries = Object.entries(values).filter(([, value]) => Boolean(value))
  return entries.length > 0 ? (Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }) : undefined
}
