import { EngineError } from '../../errors/index.ts'
import type { TarInput } from '../../lib/tar/index.ts'
import { type BytePath, placeMembers, toBytePath, TreeArchive, type TreeView } from '../../lib/tree/index.ts'
import type { CallOptions } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { findPlace, type FoundPlace } from './archive/find-place.ts'
import { freeze } from './archive/freeze.ts'
import { openTree } from './archive/open-tree.ts'
import { type Owner, ownerInside } from './user-namespaces/outside.ts'

/**
 * A file or folder of a container as a tar, each file as it is when it is read. Its members begin with the last name of the path; of a
 * path that ends with `/.` they are what is in the folder.
 */
export const copyFrom: Verb<'container.copyFrom'> = async (context, { name, path, rename, pause }, options) => {
  // What fails fails now; what is opened is opened by the reader, who may never come.
  const tree = await openTree(context, name, options)
  try {
    findPlace(tree, path).close()
  } finally {
    tree.close()
  }
  const asked = { id: tree.record.id, path, name: nameOf(path, rename ?? {}), pause }
  return new TreeArchive(() => members(context, asked, options))
}

async function* members(
  context: Context,
  { id, path, name, pause }: { id: string; path: string; name: BytePath; pause: boolean },
  options: CallOptions,
): AsyncGenerator<TarInput, void, undefined> {
  const tree = await openTree(context, id, options)
  let place: FoundPlace | undefined
  let resume = async (): Promise<void> => {}
  try {
    place = findPlace(tree, path)
    resume = await freeze(context, tree.record, pause)
    const exclude = place.path === '/' ? kernelFolders(name) : new Set<string>()
    const skipUnreadable = context.identity.rootless
    const owner = (found: Owner) => ownerInside(tree.record.config, found)
    const found = placeMembers(place, name, { over: overlaid(tree, place.path, name), owner, exclude, skipUnreadable })
    for await (const member of found) {
      if (options.signal?.aborted) throw new EngineError('Cancelled', 'Copying was cancelled.', { cause: options.signal.reason })
      yield member
    }
  } finally {
    place?.close()
    tree.close()
    await resume()
  }
}

/** What an archive calls what a path leads to. */
function nameOf(path: string, rename: Readonly<Record<string, string>>): BytePath {
  if (/(?:^|\/)\.$/.test(path)) return ''
  const last = path.split('/').findLast((part) => part !== '')
  return toBytePath(rename[last ?? '/'] ?? last ?? '/')
}

/** As podman: of the whole of a container, what the kernel shows there is left out. */
function kernelFolders(name: BytePath): Set<string> {
  return new Set(['dev', 'proc', 'sys'].map((each) => `${start(name)}${each}`))
}

/** What lies over names below a folder, by their names in the archive. */
function overlaid({ over }: TreeView, folder: BytePath, name: BytePath): Map<BytePath, number> {
  const above = folder === '/' ? '/' : `${folder}/`
  return new Map(
    [...over].filter(([path]) => path.startsWith(above)).map(([path, fd]) => [`${start(name)}${path.slice(above.length)}`, fd]),
  )
}

/** What names below a folder begin with. */
const start = (name: BytePath): BytePath => (name === '' || name === '/' ? name : `${name}/`)
