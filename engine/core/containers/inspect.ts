import type { ContainerInspect } from '../../contract/index.ts'
import { type ContainerRecord, containerById, containerNotFound, dependencies, execSessionsOf } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { type ContainerPaths, containerPaths } from '../paths.ts'
import type { Verb } from '../verb.ts'
import { readHealth } from './health/log.ts'
import { readBundle } from './inspection/bundle.ts'
import { inspectConfig } from './inspection/config.ts'
import { keepInspect, keptInspect } from './inspection/kept.ts'
import { inspectHostConfig } from './inspection/host-config.ts'
import { inspectMounts } from './inspection/mounts.ts'
import { inspectNetwork } from './inspection/network.ts'
import { inspectState } from './inspection/state.ts'
import { locate } from './records/locate.ts'
import { containerSize } from './records/size.ts'
import { snapshotOf } from './records/snapshot.ts'
import { capabilityNames } from './spec/capabilities.ts'
import { initProgram } from './spec/mounts.ts'

/** A container in full, as podman's inspect shows it. A service answers with the same object until something changes. */
export const inspect: Verb<'container.inspect'> = async (context, { name, size }) => {
  const keeps = context.service && !size
  const kept = keeps ? keptInspect(context, name) : undefined
  if (kept) return kept
  const version = keeps ? context.database.version() : ''
  const record = await locate(context, name)
  // Podman's clients ask again after each event, and would show what is as good as gone.
  if (record.state.status === 'removing') throw containerNotFound(name)
  const sizes = size ? await containerSize(context, record) : undefined
  const inspected = await inspectRecord(context, record)
  if (keeps) keepInspect(context, name, version, { record, inspected })
  return sizes ? { ...inspected, SizeRw: sizes.rwSize, SizeRootFs: sizes.rootFsSize } : inspected
}

async function inspectRecord(context: Context, record: ContainerRecord): Promise<ContainerInspect> {
  const { id, config, state } = record
  const [entry = '', ...args] = [...(config.init ? [initProgram, '--'] : []), ...config.entrypoint, ...config.command]
  const bundle = readBundle(context, id)
  const owner = networkOwner(context, record)
  return {
    Id: id,
    Created: record.created,
    Path: entry,
    Args: args,
    State: inspectState(record, readHealth(context, record)),
    Image: config.image?.id ?? '',
    ImageDigest: config.image?.digest ?? '',
    ImageName: config.image?.name ?? '',
    ...(config.spec.raw_image_name ? { RawImageName: config.spec.raw_image_name } : {}),
    Rootfs: config.rootfs,
    Pod: record.pod ?? '',
    ...filesOf(containerPaths(context, id), record),
    OCIRuntime: config.runtime.slice(config.runtime.lastIndexOf('/') + 1),
    ...pidFilesOf(containerPaths(context, id), config),
    Name: record.name,
    RestartCount: state.restarts,
    Driver: (await context.layers()).driver,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    EffectiveCaps: orNull(effectiveCapabilities(config)),
    BoundingCaps: orNull(config.capabilities),
    ExecIDs: execSessionsOf(context.database, id, warnOfDamage(context))
      .filter((session) => session.state.status !== 'stopped')
      .map((session) => session.id),
    GraphDriver: await graphDriver(context, record),
    Mounts: inspectMounts(record, containerPaths(context, id)),
    Dependencies: dependencies(context.database, id),
    NetworkSettings: inspectNetwork(owner, await otherNetworkIds(context, owner)),
    Namespace: '',
    IsInfra: config.isInfra,
    IsService: false,
    KubeExitCodePropagation: 'invalid',
    lockNumber: 0,
    Config: inspectConfig(record, bundle),
    HostConfig: inspectHostConfig(record, bundle, containerPaths(context, id)),
    UseImageHosts: config.spec.use_image_hosts ?? false,
    UseImageHostname: config.spec.use_image_hostname ?? false,
  }
}

/** The container whose network namespace it uses: its own, its pod's infra container's, or another one's. */
function networkOwner(context: Context, record: ContainerRecord): ContainerRecord {
  const { mode, value } = record.config.namespaces.net
  const joins = (mode === 'pod' || mode === 'container') && value !== undefined
  return (joins ? containerById(context.database, value) : undefined) ?? record
}

/** Of networks that it is not connected to at present: it has not been started, or has ended. */
async function otherNetworkIds(context: Context, { config, state }: ContainerRecord): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const network of Object.keys(config.networks)) {
    if (state.networks[network]) continue
    const { findNetwork } = await import('../networks/find.ts')
    const found = await findNetwork(context, network).catch(() => undefined)
    if (found) ids.set(network, found.id)
  }
  return ids
}

/** A user other than root has only what was asked for by name. Whose name leads to uid 0 is not looked up. */
function effectiveCapabilities({ user, capabilities, spec }: ContainerRecord['config']): string[] {
  const [name = ''] = user.split(':')
  if (name === '' || name === '0' || name === 'root') return capabilities
  const added = capabilityNames(spec.cap_add)
  return added.includes('ALL') ? capabilities : capabilities.filter((each) => added.includes(each))
}

/** Files of a run have no path before the first one. */
function filesOf(paths: ContainerPaths, { state }: ContainerRecord) {
  const never = state.status === 'created'
  return {
    ResolvConfPath: never ? '' : paths.resolvConf,
    HostnamePath: never ? '' : paths.hostname,
    HostsPath: never ? '' : paths.hosts,
    StaticDir: paths.folder,
    ...(never ? {} : { OCIConfigPath: `${paths.bundle}/config.json` }),
  }
}

function pidFilesOf(paths: ContainerPaths, { spec }: ContainerRecord['config']) {
  return {
    ConmonPidFile: spec.conmon_pid_file || paths.conmonPidFile,
    PidFile: spec.pid_file || paths.pidFile,
  }
}

async function graphDriver(context: Context, record: ContainerRecord): Promise<ContainerInspect['GraphDriver']> {
  const { config, state } = record
  const layers = await context.layers()
  if (config.rootfs !== '') return { Name: layers.driver, Data: {} }
  if (layers.driver === 'vfs') return { Name: layers.driver, Data: null }
  const { imageById } = await import('../../store/images.ts')
  const { upper, work, merged } = layers.snapshotPaths(snapshotOf(record))
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
