import { EngineError } from '../../errors/index.ts'
import { toBytePath, TreeArchive, writeTree } from '../../lib/tree/index.ts'
import { boundedBytes, ownersOutOfReach } from '../images/archive/bounded.ts'
import type { CallOptions, Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { lookUpFailure } from './archive/find-place.ts'
import { freeze } from './archive/freeze.ts'
import { type ContainerTree, withTree } from './archive/open-tree.ts'
import { lookUpUser } from './spec/user.ts'
import { type Owner, ownerOutside } from './user-namespaces/outside.ts'

/** Unpacks an archive into a folder of a container. What is written before a failure stays. */
export const copyTo: Verb<'container.copyTo'> = async (context, input, options) => {
  const { body } = input
  // What is read is opened before this container is locked: it may be its own files, or those of one that is written from here.
  if (body instanceof TreeArchive) {
    const members = await begin(body.members())
    await write(context, input, new TreeArchive(members.all), options).finally(members.end)
  } else {
    const bytes = await begin(boundedBytes(body))
    await write(context, input, bytes.all(), options).finally(bytes.end)
  }
}

/** Asks for the first of all. */
async function begin<T>(items: AsyncGenerator<T>): Promise<{ all(): AsyncGenerator<T>; end(): Promise<unknown> }> {
  const first = await items.next()
  async function* all(): AsyncGenerator<T> {
    if (first.done) return
    yield first.value
    yield* items
  }
  return { all, end: () => items.return(undefined) }
}

async function write(
  context: Context,
  { name, path, pause, ...asked }: Omit<Parsed<'container.copyTo'>, 'body'>,
  archive: TreeArchive | AsyncIterable<Uint8Array>,
  options: CallOptions,
): Promise<void> {
  await withTree(context, name, options, async (tree) => {
    const resume = await freeze(context, tree.record, pause)
    try {
      await writeTree(tree, toBytePath(path), archive, {
        owner: ownersFor(tree, asked.copyUIDGID),
        replaceFolders: !asked.noOverwriteDirNonDir,
        devices: !context.identity.rootless,
        rename: asked.rename && new Map(Object.entries(asked.rename).map(([from, to]) => [toBytePath(from), toBytePath(to)])),
        signal: options.signal,
      })
    } catch (error) {
      throw writeFailure(tree, path, error)
    } finally {
      await resume()
    }
  })
}

/** Whom the engine makes the owner: the container's user with `toUser`, else each member's own, as the container has them. */
function ownersFor({ root, record }: ContainerTree, toUser: boolean): ((own: Owner) => Owner) | undefined {
  const { config } = record
  if (!toUser) return config.idMappings && ((own) => ownerOutside(config, own))
  const user = ownerOutside(config, lookUpUser(`/proc/self/fd/${root}`, config.user, [], { nodev: config.rootfs === '' }))
  return () => user
}

function writeFailure(tree: ContainerTree, path: string, error: unknown): unknown {
  const { name } = tree.record
  if (EngineError.is(error, 'LayerInvalid')) return new EngineError('ArchiveInvalid', error.message, { cause: error })
  const { code } = error as NodeJS.ErrnoException
  const where = `${JSON.stringify(path)} of container ${name}`
  const details = { container: tree.record.id, path }
  if (code === 'EROFS')
    return new EngineError('AccessDenied', `Nothing can be written to ${where}: it is read-only.`, { details, cause: error })
  if (code === 'EACCES' || code === 'EPERM')
    return new EngineError('AccessDenied', `Nothing can be written to ${where}: permission denied.`, { details, cause: error })
  if (code === 'EBUSY')
    return new EngineError('AccessDenied', `Something in ${where} cannot be replaced: it is a mount.`, { details, cause: error })
  if (code === 'EINVAL') return ownersOutOfReach(details, error)
  return lookUpFailure(tree, path, error)
}
