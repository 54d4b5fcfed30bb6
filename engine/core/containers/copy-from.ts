import { EngineError } from '../../errors/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { type BytePath, placeMembers, toBytePath, type TreeView } from '../../lib/tree/index.ts'
import type { Verb } from '../verb.ts'
import { findPlace, type FoundPlace } from './archive/find-place.ts'
import { freeze } from './archive/freeze.ts'
import { type ContainerTree, openTree } from './archive/open-tree.ts'

/**
 * A file or folder of a container as a tar, each file as it is when it is read. Its members begin with the last name of the path; of a
 * path that ends with `/.` they are what is in the folder.
 */
export const copyFrom: Verb<'container.copyFrom'> = async (context, { name, path, rename, pause }, { signal }) => {
  const tree = await openTree(context, name, signal ? { signal } : {})
  try {
    const place = findPlace(tree, path)
    const resume = await freeze(context, tree.record, pause).catch((error: unknown) => {
      place.close()
      throw error
    })
    const skipUnreadable = context.identity.rootless
    return archive(tree, place, nameOf(path, rename ?? {}), { skipUnreadable, resume, signal })
  } catch (error) {
    tree.close()
    throw error
  }
}

async function* archive(
  tree: ContainerTree,
  place: FoundPlace,
  name: BytePath,
  { skipUnreadable, resume, signal }: { skipUnreadable: boolean; resume: () => Promise<void>; signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const options = {
      over: overlaid(tree, place.path, name),
      exclude: place.path === '/' ? kernelFolders(name) : new Set<string>(),
    }
    for await (const piece of writeTar(placeMembers(place, name, { ...options, skipUnreadable }))) {
      if (signal?.aborted) throw new EngineError('Cancelled', 'Copying was cancelled.', { cause: signal.reason })
      yield piece
    }
  } finally {
    place.close()
    tree.close()
    await resume()
  }
}

/** What an archive calls what a path leads to. */
function nameOf(path: string, rename: Readonly<Record<string, string>>): BytePath {
  if (/(?:^|\/)\.$/.test(path)) return ''
  const last = path.split('/').findLast((part) => part !== '')
  return last === undefined ? '/' : toBytePath(rename[last] ?? last)
}

/** As podman: of the whole of a container, what the kernel shows there is left out. */
function kernelFolders(name: BytePath): Set<string> {
  return new Set(['dev', 'proc', 'sys'].map((each) => `${name}${each}`))
}

/** What lies over names below a folder, by their names in the archive. */
function overlaid({ over }: TreeView, folder: BytePath, name: BytePath): Map<BytePath, number> {
  const above = folder === '/' ? '/' : `${folder}/`
  const start = name === '' || name === '/' ? name : `${name}/`
  return new Map(
    [...over].filter(([path]) => path.startsWith(above)).map(([path, fd]) => [`${start}${path.slice(above.length)}`, fd]),
  )
}
