import type { ContainerInspect } from '../../contract/index.ts'
import { type ContainerRecord, containerById, dependencies, execSessionsOf } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type ContainerPaths, containerPaths } from '../paths.ts'
import type { Verb } from '../verbs.ts'
import { readBundle } from './inspect/bundle.ts'
import { inspectConfig } from './inspect/config.ts'
import { inspectHostConfig, isBind } from './inspect/host-config.ts'
import { inspectNetwork } from './inspect/network.ts'
import { inspectState } from './inspect/state.ts'
import { locate } from './locate.ts'
import { containerSize } from './size.ts'

/** A container in full, as podman's inspect shows it. */
export const inspect: Verb<'container.inspect'> = async (context, { name, size }) => {
  const record = await locate(context, name)
  const sizes = size ? await containerSize(context, record) : undefined
  return { ...(await inspectRecord(context, record)), ...(sizes ? { SizeRw: sizes.rwSize, SizeRootFs: sizes.rootFsSize } : {}) }
}

async function inspectRecord(context: Context, record: ContainerRecord): Promise<ContainerInspect> {
  const { id, config, state } = record
  const [entry = '', ...args] = [...config.entrypoint, ...config.command]
  const bundle = readBundle(context, id)
  return {
    Id: id,
    Created: record.created,
    Path: entry,
    Args: args,
    State: inspectState(record),
    Image: config.image?.id ?? '',
    ImageDigest: config.image?.digest ?? '',
    ImageName: config.image?.name ?? '',
    Rootfs: config.rootfs,
    Pod: record.pod ?? '',
    ...filesOf(containerPaths(context, id)),
    OCIRuntime: config.runtime.slice(config.runtime.lastIndexOf('/') + 1),
    Name: record.name,
    RestartCount: state.restarts,
    Driver: (await context.layers()).driver,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    EffectiveCaps: orNull(config.capabilities),
    BoundingCaps: orNull(config.capabilities),
    ExecIDs: execSessionsOf(context.database, id)
      .filter((session) => session.state.status !== 'stopped')
      .map((session) => session.id),
    GraphDriver: await graphDriver(context, record),
    Mounts: config.mounts.filter(isBind).map(inspectMount),
    Dependencies: dependencies(context.database, id),
    NetworkSettings: inspectNetwork(networkOwner(context, record)),
    Namespace: '',
    IsInfra: config.isInfra,
    IsService: false,
    KubeExitCodePropagation: 'invalid',
    lockNumber: 0,
    Config: inspectConfig(record, bundle),
    HostConfig: inspectHostConfig(record, bundle),
    UseImageHosts: false,
    UseImageHostname: false,
  }
}

/** Whose network a container is in: its own, its pod's infra container's, or another one's. */
function networkOwner(context: Context, record: ContainerRecord): ContainerRecord {
  const { mode, value } = record.config.namespaces.net
  const joins = (mode === 'pod' || mode === 'container') && value !== undefined
  return (joins ? containerById(context.database, value) : undefined) ?? record
}

function filesOf(paths: ContainerPaths) {
  return {
    ResolvConfPath: paths.resolvConf,
    HostnamePath: paths.hostname,
    HostsPath: paths.hosts,
    StaticDir: paths.folder,
    OCIConfigPath: `${paths.bundle}/config.json`,
    ConmonPidFile: paths.conmonPidFile,
    PidFile: paths.pidFile,
  }
}

const propagations = ['shared', 'slave', 'private', 'unbindable', 'rshared', 'rslave', 'rprivate', 'runbindable']

function inspectMount(mount: ContainerRecord['config']['mounts'][number]): ContainerInspect['Mounts'][number] {
  const { options } = mount
  return {
    Type: mount.kind,
    ...(mount.volume === undefined ? {} : { Name: mount.volume }),
    Source: mount.source,
    Destination: mount.destination,
    Driver: mount.kind === 'volume' ? 'local' : '',
    Mode: '',
    Options: options.filter((option) => option !== 'rw' && option !== 'ro' && !propagations.includes(option)),
    RW: !options.includes('ro'),
    Propagation: options.find((option) => propagations.includes(option)) ?? 'rprivate',
  }
}

async function graphDriver(context: Context, { id, config, state }: ContainerRecord): Promise<ContainerInspect['GraphDriver']> {
  const layers = await context.layers()
  if (config.rootfs !== '') return { Name: layers.driver, Data: {} }
  const { imageById } = await import('../../store/images.ts')
  const { upper, work, merged } = layers.snapshotPaths(id)
  const chain = config.image === null ? [] : (imageById(context.database, config.image.id)?.facts.chain ?? [])
  const lower = chain.toReversed().map((chainId) => layers.path(chainId as Parameters<typeof layers.path>[0]))
  const lowerDir = lower.length === 0 ? undefined : lower.join(':')
  return {
    Name: layers.driver,
    Data: {
      ...(lowerDir === undefined ? {} : { LowerDir: lowerDir }),
      ...(state.mounted ? { MergedDir: merged } : {}),
      UpperDir: upper,
      WorkDir: work,
    },
  }
}

function orNull<T>(list: readonly T[]): T[] | null {
  return list.length === 0 ? null : [...list]
}
