import type { ImageDocument, ImageRunConfig } from '../../../image/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'

/** Docker's health check of an image; times are nanoseconds. */
export interface Healthcheck {
  Test?: string[]
  Interval?: number
  Timeout?: number
  StartPeriod?: number
  Retries?: number
}

/** What a committed image says to its containers. */
export interface CommittedConfig extends ImageRunConfig {
  /** Only in the format docker. */
  Healthcheck?: Healthcheck
}

/** The configuration of an image that is made from a container: the image's it was made from, with what the container has of its own. */
export function containerConfig(
  { config }: ContainerRecord,
  base: ImageDocument | undefined,
  includeVolumes: boolean,
): CommittedConfig {
  const { StopSignal, OnBuild, Shell, Volumes } = base?.config ?? {}
  const { exposed, ports, mounts, spec, env } = config
  const published = ports.flatMap(({ container_port: first, range = 1, protocol = 'tcp' }) =>
    Array.from({ length: range || 1 }, (_, step) => `${first + step}/${protocol}`),
  )
  const volumes = [
    ...Object.keys(Volumes ?? {}),
    ...(includeVolumes ? mounts.filter(({ type }) => type === 'bind').map(({ destination }) => destination) : []),
  ]
  const own = spec.hostname && !env.some((pair) => pair.startsWith('HOSTNAME=')) ? [`HOSTNAME=${config.hostname}`] : []
  return {
    User: config.user,
    ExposedPorts: asSet([...exposed, ...published]),
    Env: [...env, ...own],
    Entrypoint: config.entrypoint,
    Cmd: config.command,
    Volumes: asSet(volumes),
    WorkingDir: config.workdir,
    Labels: { ...config.labels },
    ...(StopSignal ? { StopSignal } : {}),
    ...(OnBuild ? { OnBuild } : {}),
    ...(Shell ? { Shell } : {}),
    ...(base?.healthcheck ? { Healthcheck: { ...base.healthcheck } } : {}),
  }
}

/** Names as the keys of Go's sets, in order. */
export function asSet(names: readonly string[]): Record<string, object> {
  return Object.fromEntries([...new Set(names)].toSorted().map((name) => [name, {}]))
}
