import { EngineError } from '../errors/index.ts'
import { identity } from '../lib/identity.ts'
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
  return {
    driver: 'overlay',
    root: options.root,
    ...openLayers(layout, attributes),
    ...openSnapshots(layout, rootless),
    ...openExaminer(layout, attributes),
  }
}
