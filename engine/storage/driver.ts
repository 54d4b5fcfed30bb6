import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../errors/index.ts'
import { readPlain } from '../lib/files/plain-file.ts'
import { mount, mountFlags, umountFlags, unmountIfMounted } from '../lib/sys/index.ts'
import { type Driver, drivers, isDriver, requireDriver } from './driver-names.ts'
import { mountOverlay, type OverlayMount } from './snapshots/overlay.ts'
import { newStagingPath } from './layers/staging.ts'

const maxBytes = 1024

export interface DriverChoice {
  /** The requested driver; detected when not given. @throws NotSupported for what is none of {@link drivers}. */
  driver?: string | undefined
  /** Which to try, in order, when none was requested (`driver_priority` of storage.conf). */
  driverPriority?: readonly string[] | undefined
  /** Called with a sentence when the choice may surprise. */
  warn?: ((message: string) => void) | undefined
}

/**
 * The driver of the store at `root`. It is chosen when the store is first used, and kept: the requested one, or the first in order
 * of priority that works there. Processes may call this concurrently.
 * @throws NotSupported, StoreCorrupt
 */
export function storeDriver(root: string, choice: DriverChoice, userXattr: boolean): Driver {
  const requested = choice.driver === undefined ? undefined : requireDriver(choice.driver)
  const known = knownDriver(root)
  const driver = known ?? record(root, requested ?? firstWorking(root, choice, userXattr))
  if (requested !== undefined && requested !== driver)
    choice.warn?.(
      `The store ${root} has the storage driver ${driver} and keeps it; for ${requested} choose another store with --root.`,
    )
  return driver
}

/**
 * The driver that a store has; nothing for one that has no layers yet. Stores of earlier versions, which do not say, have overlay.
 * @throws StoreCorrupt when it has one that this version does not know.
 */
export function knownDriver(root: string): Driver | undefined {
  let name: string
  try {
    // It may be another user's store.
    name = readPlain(join(root, 'driver'), maxBytes).toString('utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return existsSync(join(root, 'layers')) ? 'overlay' : undefined
  }
  if (isDriver(name)) return name
  throw new EngineError(
    'StoreCorrupt',
    `The store ${root} has the storage driver ${JSON.stringify(name.slice(0, 100))}, which this version does not know: it has ${drivers.join(' and ')}.`,
    { details: { root } },
  )
}

/** Records it atomically. @returns the driver of the store, which another process may have decided first. */
function record(root: string, driver: Driver): Driver {
  mkdirSync(join(root, 'staging'), { recursive: true, mode: 0o700 })
  const file = newStagingPath(join(root, 'staging'))
  writeFileSync(file, `${driver}\n`, { mode: 0o600 })
  try {
    linkSync(file, join(root, 'driver'))
    return driver
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return knownDriver(root)!
  } finally {
    unlinkSync(file)
  }
}

function firstWorking(root: string, { driverPriority = [], warn }: DriverChoice, userXattr: boolean): Driver {
  const order = driverPriority.length === 0 ? drivers : driverPriority.map((name) => (name === 'overlay2' ? 'overlay' : name))
  for (const name of order.filter(isDriver)) {
    if (name === 'vfs') {
      if (order.indexOf('overlay') === 0)
        warn?.(
          `Overlay cannot be used in ${root}: the store has the storage driver vfs, with a copy of all files for each container.`,
        )
      return name
    }
    if (overlayWorks(root, userXattr)) return name
  }
  throw new EngineError(
    'NotSupported',
    `None of the storage drivers in driver_priority (${order.join(', ')}) can be used in ${root}: name ${drivers.join(' or ')}.`,
    { details: { root } },
  )
}

/** Whether an overlay can be mounted there. A process without the right to mount cannot test it, and assumes that it works. */
function overlayWorks(root: string, userXattr: boolean): boolean {
  mkdirSync(join(root, 'staging'), { recursive: true, mode: 0o700 })
  const folder = newStagingPath(join(root, 'staging'))
  const place = join(folder, 'merged')
  const unmount = (): boolean => unmountIfMounted(place, umountFlags.detach | umountFlags.noFollow)
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  try {
    mountTrial({ root: folder, lower: ['lower'], upper: 'upper', work: 'work', merged: 'merged', userXattr })
    // The kernel mounts some read-only, where it finds no way to write.
    closeSync(openSync(join(place, 'file'), 'wx', 0o600))
    return true
  } catch {
    return !mayMount(folder, place)
  } finally {
    unmount()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Volatile where the kernel knows it: otherwise unmounting waits until everything is written that anybody has written to this disk. */
function mountTrial(options: OverlayMount): void {
  try {
    mountOverlay({ ...options, volatile: true })
  } catch {
    mountOverlay(options)
  }
}

function mayMount(folder: string, place: string): boolean {
  try {
    mount(join(folder, 'lower'), place, null, mountFlags.bind)
    return true
  } catch {
    return false
  }
}
