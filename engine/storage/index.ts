import { identity } from '../lib/process/identity.ts'
import { mountFlags } from '../lib/sys/index.ts'
import type { AttributeOptions } from './layers/attributes.ts'
import { type DriverChoice, storeDriver } from './driver.ts'
import type { ForeignLayers } from './layers/foreign-layers.ts'
import { openExaminer } from './layers/examine.ts'
import type { LayerStore } from './layers/layer-store.ts'
import { openLayers } from './layers/layers.ts'
import { openLayout } from './layout.ts'
import { openSnapshots } from './snapshots/snapshots.ts'
import { openCopiedSnapshots } from './snapshots/vfs.ts'

export { type Driver, drivers, requireDriver } from './driver-names.ts'
export { knownDriver } from './driver.ts'
export type { ForeignLayer } from './layers/foreign-layers.ts'
export type { LayerRecord } from './layers/layer-record.ts'
export type {
  ExaminedLayer,
  LayerInput,
  LayerStore,
  MountOptions,
  SnapshotChanges,
  SnapshotPaths,
  StagedLayer,
  UnpackedInput,
} from './layers/layer-store.ts'
export { type UnpackedLayer, type UnpackJob, unpackLayer, unpackLimits } from './layers/unpack.ts'

export interface LayerStoreOptions extends DriverChoice {
  /** The store's folder, on a local file system. Made when missing, for its owner only. */
  root: string
  /** Whether this process is in a user namespace of an ordinary user; found out when not given. */
  rootless?: boolean
  /** Layers of additional stores. */
  foreign?: ForeignLayers
  /** `nodev`, `nosuid`, `noexec`; others are not followed. */
  mountOptions?: readonly string[]
}

const mountOptionFlags: Readonly<Record<string, number>> = {
  nodev: mountFlags.noDev,
  nosuid: mountFlags.noSuid,
  noexec: mountFlags.noExec,
}

/**
 * Opens layers and snapshots below `root`. Cheap but for the first time, when the driver is chosen, and holds nothing open.
 * @throws NotSupported for an unknown driver, StoreCorrupt, an errno error when the folders cannot be made.
 */
export function openLayerStore(options: LayerStoreOptions): LayerStore {
  const { rootless = identity().inUserNamespace, foreign, mountOptions = [] } = options
  const driver = storeDriver(options.root, options, rootless)
  const layout = openLayout(options.root)
  // In a user namespace `trusted.*` attributes cannot be set; overlay then reads `user.overlay.*` instead.
  const marks = driver === 'vfs' ? 'files' : rootless ? 'user' : 'trusted'
  const attributes: AttributeOptions = { rootless, marks, owner: { uid: process.getuid!(), gid: process.getgid!() } }
  const flags = mountOptions.reduce((sum, name) => sum | (mountOptionFlags[name] ?? 0), 0)
  const snapshotOptions = { flags, ...(foreign ? { foreign } : {}) }
  const layers = openLayers(layout, attributes)
  return {
    driver,
    root: options.root,
    status:
      driver === 'overlay'
        ? {
            'Native Overlay Diff': 'true',
            'Supports d_type': 'true',
            'Supports volatile': 'true',
            'Using metacopy': 'false',
          }
        : {},
    ...layers,
    path: (chainId) => (layers.has(chainId) ? undefined : foreign?.(chainId)?.[0]?.path) ?? layers.path(chainId),
    ...(driver === 'vfs' ? openCopiedSnapshots : openSnapshots)(layout, attributes, snapshotOptions),
    ...openExaminer(layout, attributes),
  }
}
