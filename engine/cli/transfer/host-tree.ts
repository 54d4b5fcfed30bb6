import { closeSync, constants, mkdirSync, openSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { TarInput } from '../../lib/tar/index.ts'
import { lookUp, placeMembers, toBytePath, TreeArchive, writeTree } from '../../lib/tree/index.ts'

/** What is at a path of the host, links followed; `undefined` where there is nothing. */
export function hostPath(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw failure(file, error)
  }
}

/**
 * A file or folder of the host as a tar, under the name `name`; without a name only what is in the folder.
 *
 * Reading throws EngineError `NotFound`, `AccessDenied`.
 */
export function readHost(file: string, name: string): TreeArchive {
  return new TreeArchive(() => hostMembers(file, name))
}

async function* hostMembers(file: string, name: string): AsyncGenerator<TarInput, void, undefined> {
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const place = lookUp({ root, over: new Map() }, toBytePath(path.resolve(file)))
    try {
      yield* placeMembers(place, toBytePath(name))
    } finally {
      place.close()
    }
  } catch (error) {
    throw failure(file, error)
  } finally {
    closeSync(root)
  }
}

export interface HostTarget {
  /** A folder that is there. */
  folder: string
  /** Below it, a folder that is made where it is missing. */
  below?: string
  /** Other names, by the first part of the members' own. */
  rename: ReadonlyMap<string, string>
  /** Whether a folder may take the place of a file and the other way round. */
  overwrite: boolean
}

/**
 * Unpacks a tar of a container's into a folder of the host, which no link in it leads out of. What is written belongs to this process's
 * user; devices are left out.
 *
 * @throws EngineError `ArchiveInvalid`, `AccessDenied`, `InvalidArgument`, `DiskFull`
 */
export async function writeHost(
  source: AsyncIterable<Uint8Array>,
  { folder, below, rename, overwrite }: HostTarget,
): Promise<void> {
  const root = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    if (below !== undefined) mkdirSync(`/proc/self/fd/${root}/${below}`, { recursive: true })
    await writeTree({ root, over: new Map() }, toBytePath(below === undefined ? '/' : `/${below}`), source, {
      owner: () => ({ uid: process.geteuid!(), gid: process.getegid!() }),
      replaceFolders: overwrite,
      devices: false,
      rename: new Map([...rename].map(([from, to]) => [toBytePath(from), toBytePath(to)])),
    })
  } catch (error) {
    throw failure(folder, error)
  } finally {
    closeSync(root)
  }
}

function failure(file: string, error: unknown): unknown {
  if (error instanceof EngineError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  if (code === 'ENOENT' || code === 'ENOTDIR') return notOnHost(file, error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new EngineError('DiskFull', `The disk that holds ${file} is full.`, { details: { path: file }, cause: error })
  return new EngineError('AccessDenied', `${file} cannot be copied: ${message}`, { details: { path: file }, cause: error })
}

/** Podman's message. */
export function notOnHost(file: string, cause?: unknown): EngineError {
  return new EngineError('NotFound', `${JSON.stringify(file)} could not be found on the host: no such file or directory`, {
    details: { path: file },
    cause,
  })
}
