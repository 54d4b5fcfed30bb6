import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import path from 'node:path'

import { runMount } from '../../adapters/mount.ts'
import { EngineError } from '../../errors/index.ts'
import type { ChainId } from '../../image/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import { mount as mountAt, mountFlags, umountFlags, unmountIfMounted } from '../../lib/sys/index.ts'
import { parseVolumeOptions } from '../../spec/volume-options.ts'
import { containerById, imageById, volumeByName, type VolumeConfig, volumeUsers } from '../../store/index.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import type { Context } from '../context.ts'
import { requireUsable } from '../images/additional/require-usable.ts'
import { isMountable, isMounted, notMounted } from './mountable.ts'

/**
 * Mounts what a volume shows; its exclusive lock must be held. Idempotent.
 *
 * @throws EngineError `ProgramFailed` with what mount(8) said, `ImageNotFound`.
 */
export async function mountLocked(context: Context, name: string, signal?: AbortSignal): Promise<void> {
  const found = volumeByName(context.database, name)
  if (!found || !isMountable(found.config) || isMounted(context, name)) return
  const target = volumeData(context.root, name)
  if (found.config.driver === 'image') await mountImage(context, name, found.config, target)
  else await mountDevice(name, found.config, target, signal)
  // What is mounted below or above it does not spread from here.
  mountAt('', target, null, mountFlags.recursive | mountFlags.private)
  context.emit({ type: 'volume', status: 'mount', id: name, name })
}

async function mountDevice(name: string, { options }: VolumeConfig, target: string, signal?: AbortSignal): Promise<void> {
  const { mount } = parseVolumeOptions('local', withoutOwner(options))
  if (!mount) return
  try {
    await runMount(mount, target, signal)
  } catch (cause) {
    if (!EngineError.is(cause, 'ProgramFailed')) throw cause
    throw new EngineError(
      'ProgramFailed',
      `mounting volume ${name}: ${cause.message}: see its options with berth volume inspect`,
      {
        details: { ...cause.details, name },
        cause,
      },
    )
  }
}

/** Libpod's own notes about the owner are not options of a driver. */
function withoutOwner(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(options).filter(([option]) => !/^[A-Z]+$/.test(option)))
}

async function mountImage(context: Context, name: string, { image = '', options }: VolumeConfig, target: string): Promise<void> {
  const found = imageById(context.database, image)
  if (!found)
    throw new EngineError(
      'ImageNotFound',
      `The image ${options['image']} of volume ${name} was removed: pull or build it again.`,
      {
        details: { name, image },
      },
    )
  const parent = found.facts.chain.at(-1) as ChainId | undefined
  await requireUsable(context, parent)
  const own = path.join(path.dirname(target), 'image')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  await (await context.layers()).mountLayers(target, { id: name, own, readonly: false, ...(parent ? { parent } : {}) })
}

/** Mounts volumes that are mounted at their first use. */
export async function mountVolumes(context: Context, names: readonly string[], signal?: AbortSignal): Promise<void> {
  for (const name of notMounted(context, names)) {
    const store = await context.volumes()
    await store.withExclusiveLock(name, () => mountLocked(context, name, signal), signal ? { signal } : {})
  }
}

/**
 * Unmounts the volumes that nothing uses any more, once a container's run is over. Continues after a failure.
 *
 * @param except the container whose run is over.
 */
export async function unmountUnused(context: Context, names: readonly string[], except: string): Promise<void> {
  const failures: unknown[] = []
  for (const name of names) {
    const found = volumeByName(context.database, name)
    if (!found || !isMountable(found.config) || !isMounted(context, name)) continue
    const store = await context.volumes()
    try {
      await store.withExclusiveLock(name, async () => {
        if (mountCount(context, name, except) === 0) unmountLocked(context, name)
      })
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `Not all volumes of container ${except} could be unmounted.`)
}

/** Unmounts a volume, however often it was mounted; its exclusive lock must be held. Who has opened its files keeps them. Idempotent. */
export function unmountLocked(context: Context, name: string): void {
  const target = volumeData(context.root, name)
  let some = false
  while (isMounted(context, name)) some = unmountIfMounted(target, umountFlags.detach | umountFlags.noFollow) || some
  if (some) context.emit({ type: 'volume', status: 'unmount', id: name, name })
}

/** How often a volume is in use: containers whose run is not over, and mounts by people. */
export function mountCount(context: Context, name: string, except?: string): number {
  const running = volumeUsers(context.database, name).filter((id) => {
    if (id === except) return false
    const status = containerById(context.database, id)?.state.status
    return status !== undefined && !['created', 'exited', 'stopped', 'removing'].includes(status)
  })
  return running.length + ownMounts(context, name)
}

/** Run state: after a restart of the host nothing is mounted. */
const countFile = ({ runRoot }: Pick<Context, 'runRoot'>, name: string): string => path.join(runRoot, 'volume-mounts', name)

/** How often people have mounted a volume. */
export function ownMounts(context: Pick<Context, 'runRoot'>, name: string): number {
  const file = countFile(context, name)
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) || 0 : 0
}

/** Under the volume's exclusive lock. Zero leaves nothing. */
export function setOwnMounts(context: Pick<Context, 'runRoot'>, name: string, count: number): void {
  const file = countFile(context, name)
  if (count <= 0) {
    rmSync(file, { force: true })
    try {
      rmdirSync(path.dirname(file))
    } catch {
      // Others are mounted, or none ever was.
    }
    return
  }
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  writeFileAtomicSync(file, `${count}\n`)
}

/** Unmounts a volume that is being removed, and forgets who has mounted it; its exclusive lock must be held. */
export function unmountForGood(context: Context, name: string): void {
  unmountLocked(context, name)
  setOwnMounts(context, name, 0)
}
