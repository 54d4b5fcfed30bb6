import type { BigIntStats } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { lookUp, toBytePath, type TreePlace } from '../../../lib/tree/index.ts'
import type { ContainerTree } from './open-tree.ts'

/** A place where something is. */
export type FoundPlace = TreePlace & { found: BigIntStats; self: number }

/** What a path of a container leads to, links followed. The caller closes it. @throws EngineError `PathNotFound`, `InvalidArgument` */
export function findPlace(tree: ContainerTree, path: string, options?: { follow: boolean }): FoundPlace {
  let place: TreePlace
  try {
    place = lookUp(tree, toBytePath(path), options)
  } catch (error) {
    throw lookUpFailure(tree, path, error)
  }
  const { found, self } = place
  if (found && self !== undefined) return { ...place, found, self }
  place.close()
  throw pathNotFound(tree, path)
}

/** A failure to find a path, with a sentence that names it. */
export function lookUpFailure(tree: ContainerTree, path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return pathNotFound(tree, path, error)
  if (code !== 'ELOOP' && code !== 'ENAMETOOLONG') return error
  const why = code === 'ELOOP' ? 'its links lead in circles' : 'a name in it is too long'
  return new EngineError('InvalidArgument', `${JSON.stringify(path)} cannot be found on container ${tree.record.name}: ${why}`, {
    details: { container: tree.record.id, path },
    cause: error,
  })
}

/** Podman's message. */
export function pathNotFound({ record }: ContainerTree, path: string, cause?: unknown): EngineError {
  const message = `${JSON.stringify(path)} could not be found on container ${record.name}: no such file or directory`
  return new EngineError('PathNotFound', message, { details: { container: record.id, path }, cause })
}
