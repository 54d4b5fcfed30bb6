import { EngineError } from '../errors/index.ts'
import { identity } from '../lib/identity.ts'
import { mountFlags } from '../lib/sys.ts'
import type { ForeignLayers } from './foreign-layers.ts'
import { openExaminer } from './examine.ts'
import type { LayerStore } from './layer-store.ts'
import { openLayers } from './layers.ts'
import { openLayout } from './layout.ts'
import { openSnapshots } from './snapshots.ts'

export type { ExaminedLayer } from './examine.ts'
export type {
  LayerInput,
  LayerRecord,
  LayerStore,
  MountOptions,
  SnapshotPaths,
  StagedLayer,
  UnpackedInput,
} from './layer-store.ts'
export { type UnpackedLayer, type UnpackJob, unpackLayer, unpackLimits } from './unpack.ts'

export interface LayerStoreOptions {
  /** The store's folder, on a local file system. Made when missing, for its owner only. */
  root: string
  /** Only `overlay` so far. */
  driver?: string
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
 * Opens layers and snapshots below `root`. Cheap, and holds nothing open.
 *
 * Overlay is the only driver so far: on kernels since 5.11 ordinary users can mount it as well.
 * @throws NotSupported for another driver, an errno error when the folders cannot be made.
 */
export function openLayerStore(options: LayerStoreOptions): LayerStore {
  const { rootless = identity().inUserNamespace, driver = 'overlay' } = options
  if (driver !== 'overlay') {
    throw new EngineError('NotSupported', `The storage driver ${JSON.stringify(driver)} is not supported: use overlay.`, {
      details: { driver },
    })
  }
  const layout = openLayout(options.root)
  // In a user namespace `trusted.*` attributes cannot be set; overlay then reads `user.overlay.*` instead.
  const owner = { uid: process.getuid!(), gid: process.getgid!() }
  const attributes = { rootless, userXattr: rootless, owner }
  const { foreign, mountOptions = [] } = options
  const flags = mountOptions.reduce((sum, name) => sum | (mountOptionFlags[name] ?? 0), 0)
  const layers = openLayers(layout, attributes)
  return {
    driver: 'overlay',
    root: options.root,
    ...layers,
    path: (chainId) => (layers.has(chainId) ? undefined : foreign?.(chainId)?.[0]) ?? layers.path(chainId),
    ...openSnapshots(layout, rootless, { flags, ...(foreign ? { foreign } : {}) }),
    ...openExaminer(layout, attributes),
  }
}
