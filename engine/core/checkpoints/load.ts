import { criuCgroupsMode, criuFailure, restoreArguments } from '../../adapters/criu.ts'
import { EngineError } from '../../errors/index.ts'
import { readJson } from '../../lib/files/atomic-file.ts'
import { containerById, type ContainerRecord, type NetworkStatus, timestamp, updateState } from '../../store/index.ts'
import { beginHealth } from '../containers/health/begin.ts'
import { containerEvent } from '../containers/records/event.ts'
import { initLocked } from '../containers/lifecycle/set-up-run.ts'
import { requirePermitted } from '../containers/lifecycle/transitions.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { explainFailure } from './explain.ts'
import { type CheckpointFiles, checkpointFiles, criuSettings, hasImages, removeCheckpoint } from './files.ts'
import { fillShm, ownsShm } from './shm.ts'

export interface LoadOptions {
  /** Keeps the saved state for another time. */
  keep: boolean
  tcpEstablished: boolean
  /** Restores connections that were open as closed ones. */
  tcpClose: boolean
  fileLocks: boolean
  /** Takes new addresses instead of those it had. */
  ignoreStaticIP: boolean
  ignoreStaticMAC: boolean
  /** Called while what CRIU left is still there. */
  onRestored?: (files: CheckpointFiles) => Promise<void>
  signal?: AbortSignal
}

/** What a restore is given besides what was asked for. */
export type RestoreCall = Pick<LoadOptions, 'onRestored' | 'signal'>

/**
 * Starts a container from its saved state; its lock must be held, and it must not run. If that fails it does not run, and
 * the saved state stays.
 *
 * @returns the record, `running`.
 */
export async function loadLocked(context: Context, record: ContainerRecord, options: LoadOptions): Promise<ContainerRecord> {
  const { id } = record
  const files = checkpointFiles(context, id)
  requireLoadable(record, files)
  const { signal } = options
  const restore = await restoreOptions(context, record, files, options)
  const onceMounted = async () => {
    if (ownsShm(record)) await fillShm(containerPaths(context, id).shm, files.shm)
  }
  try {
    await initLocked(context, await withAddresses(record, files.network, options), { restore, onceMounted, signal })
  } catch (error) {
    throw explainFailure(criuFailure(error, id, 'restore', `${files.work}/restore.log`))
  }
  const saved = { checkpointed: false, checkpointedAt: '', checkpointPath: '' }
  const now = timestamp()
  await context.database.transaction(() =>
    updateState(context.database, id, {
      ...saved,
      startedAt: now,
      restoredAt: now,
      restored: true,
      stoppedByUser: false,
      exitCode: 0,
      ...(record.config.health ? { health: 'starting' } : {}),
    }),
  )
  await options.onRestored?.(files)
  if (!options.keep) await removeCheckpoint(files)
  const running = containerById(context.database, id) ?? record
  containerEvent(context, running, 'restore')
  await beginHealth(context, running)
  return running
}

function requireLoadable(record: ContainerRecord, files: CheckpointFiles): void {
  requirePermitted('restore', record)
  const { id, state } = record
  if (hasImages(files)) return
  const message = `a complete checkpoint for container ${id} cannot be found, cannot restore; make one with "container checkpoint".`
  throw new EngineError('CheckpointInvalid', message, { details: { container: id, state: state.status } })
}

async function restoreOptions(context: Context, record: ContainerRecord, files: CheckpointFiles, options: LoadOptions) {
  const { tcpEstablished, tcpClose, fileLocks } = options
  const runtime = await context.runtime({ program: record.config.runtime, cgroupManager: record.config.cgroupManager })
  const manageCgroups = criuCgroupsMode(context.cgroups, runtime)
  return {
    imagePath: files.images,
    runtimeOptions: restoreArguments({ workPath: files.work, tcpEstablished, fileLocks, manageCgroups }),
    environment: criuSettings(record, files, { tcpClose }),
  }
}

/** Asks for the addresses it had, which connections and listeners may be bound to. */
async function withAddresses(
  record: ContainerRecord,
  file: string,
  { ignoreStaticIP, ignoreStaticMAC }: LoadOptions,
): Promise<ContainerRecord> {
  const saved = (await readJson(file, 1024 * 1024)) as Record<string, Partial<NetworkStatus> | null> | null | undefined
  if (typeof saved !== 'object' || saved === null) return record
  const networks = Object.entries(record.config.networks).map(([name, options]) => {
    const status = Object.hasOwn(saved, name) ? saved[name] : undefined
    const addresses = Array.isArray(status?.addresses)
      ? status.addresses.map(({ address }) => address).filter((address) => typeof address === 'string')
      : []
    return [
      name,
      {
        ...options,
        ...(ignoreStaticIP || addresses.length === 0 ? {} : { static_ips: addresses }),
        ...(ignoreStaticMAC || typeof status?.mac !== 'string' || status.mac === '' ? {} : { static_mac: status.mac }),
      },
    ] as const
  })
  return { ...record, config: { ...record.config, networks: Object.fromEntries(networks) } }
}
