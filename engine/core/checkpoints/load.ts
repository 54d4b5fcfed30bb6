import { criuCgroupsMode, criuFailure, restoreArguments } from '../../adapters/criu.ts'
import { EngineError } from '../../errors/index.ts'
import { readJson } from '../../lib/atomic-file.ts'
import { containerById, type ContainerRecord, type NetworkStatus, timestamp, updateState } from '../../store/index.ts'
import { containerEvent } from '../containers/event.ts'
import { initLocked } from '../containers/life/init.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { explainFailure } from './explain.ts'
import { checkpointFiles, criuSettings, hasImages, removeCheckpoint } from './files.ts'
import { fillShm, ownsShm } from './shm.ts'

export interface LoadOptions {
  /** Keeps the saved state for another time. */
  keep: boolean
  tcpEstablished: boolean
  fileLocks: boolean
  /** Takes new addresses instead of those it had. */
  ignoreStaticIP: boolean
  ignoreStaticMAC: boolean
  signal?: AbortSignal
}

/**
 * Starts a container from its saved state; its lock must be held, and it must not run. If that fails it does not run, and
 * the saved state stays.
 *
 * @returns the record, `running`.
 */
export async function loadLocked(context: Context, record: ContainerRecord, options: LoadOptions): Promise<ContainerRecord> {
  const { id, state } = record
  if (!['created', 'exited', 'stopped'].includes(state.status)) {
    throw new EngineError('ContainerStateInvalid', `container ${id} is running or paused, cannot restore: container state improper`, { details: { container: id, state: state.status } })
  }
  const files = checkpointFiles(context, id)
  if (!hasImages(files)) throw new EngineError('CheckpointInvalid', `a complete checkpoint for container ${id} cannot be found, cannot restore; make one with "container checkpoint".`, { details: { container: id } })
  const { shm } = containerPaths(context, id)
  const { tcpEstablished, fileLocks, signal } = options
  const runtime = await context.runtime({ program: record.config.runtime, cgroupManager: record.config.cgroupManager })
  const runtimeOptions = restoreArguments({ workPath: files.work, tcpEstablished, fileLocks, manageCgroups: criuCgroupsMode(context.cgroups, runtime) })
  try {
    await initLocked(context, await withAddresses(record, files.network, options), {
      restore: { imagePath: files.images, runtimeOptions, environment: criuSettings(context, record) },
      onceMounted: async () => {
        if (ownsShm(record)) await fillShm(shm, files.shm)
      },
      signal,
    })
  } catch (error) {
    throw explainFailure(criuFailure(error, id, 'restore', `${files.work}/restore.log`))
  }
  const now = timestamp()
  await context.database.transaction(() =>
    updateState(context.database, id, { startedAt: now, restoredAt: now, restored: true, checkpointed: false, checkpointedAt: '', checkpointPath: '', stoppedByUser: false, exitCode: 0 }),
  )
  if (!options.keep) await removeCheckpoint(files)
  const running = containerById(context.database, id) ?? record
  containerEvent(context, running, 'restore')
  return running
}

/** Asks for the addresses it had, which connections and listeners may be bound to. */
async function withAddresses(record: ContainerRecord, file: string, { ignoreStaticIP, ignoreStaticMAC }: LoadOptions): Promise<ContainerRecord> {
  const saved = (await readJson(file, 1024 * 1024)) as Record<string, Partial<NetworkStatus> | null> | null | undefined
  if (typeof saved !== 'object' || saved === null) return record
  const networks = Object.entries(record.config.networks).map(([name, options]) => {
    const status = Object.hasOwn(saved, name) ? saved[name] : undefined
    const addresses = Array.isArray(status?.addresses) ? status.addresses.map(({ address }) => address).filter((address) => typeof address === 'string') : []
    return [
      name,
      { ...options, ...(ignoreStaticIP || addresses.length === 0 ? {} : { static_ips: addresses }), ...(ignoreStaticMAC || typeof status?.mac !== 'string' || status.mac === '' ? {} : { static_mac: status.mac }) },
    ] as const
  })
  return { ...record, config: { ...record.config, networks: Object.fromEntries(networks) } }
}
