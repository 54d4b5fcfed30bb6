import path from 'node:path'

import type { Engine, PathInfo } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { hostPath, notOnHost, readHost, writeHost } from '../../transfer/host-tree.ts'
import { writeOut } from '../../transfer/write-archive.ts'

interface Side {
  /** None for the host. */
  container: string | undefined
  path: string
}

/** What is at one end of a copy. */
interface End {
  isFolder: boolean
  /** The last part of its name. */
  name: string
}

interface Flags {
  archive: boolean
  overwrite: boolean
  pause: boolean
}

export const cp = command({
  summary: 'Copy files/folders between a container and the local filesystem',
  description:
    'Copies SRC_PATH to DEST_PATH, into a container, out of one or between two, whether they run or not. A SRC_PATH that ends with /. means what is in the folder. With - for SRC_PATH a tar archive is read from stdin, with - for DEST_PATH one is written to stdout.',
  usage: '[CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH',
  examples: ['berth cp ctr:/etc/hosts .', 'berth cp ./conf/. ctr:/etc/app', 'berth cp - ctr:/srv < files.tar'],
  flags: {
    archive: bool('a', 'Chown copied files to the primary uid/gid of the destination container', true),
    overwrite: bool('', 'Allow to overwrite directories with non-directories and vice versa'),
    pause: bool('', 'Pause the container while copying'),
  },
  args: { min: 2, max: 2 },
  async run({ args: [first = '', second = ''], flags, engine }) {
    const [source, target] = [parseSide(first), parseSide(second)]
    if (source.path === '' || target.path === '')
      throw new UsageError(`invalid arguments ${JSON.stringify(first)}, ${JSON.stringify(second)}: you must specify paths`)
    if (source.container === undefined && target.container === undefined) throw new UsageError('name or ID cannot be empty')
    const api = await engine()
    for (const { container } of [source, target]) if (container !== undefined) await requireContainer(api, container)
    if (target.container !== undefined) return await copyTo(api, source, { ...target, container: target.container }, flags)
    return await copyToHost(api, { ...source, container: source.container! }, target.path, flags)
  },
})

type InContainer = Side & { container: string }

/** As podman: a path with a colon of its own begins with `/` or `.`. */
function parseSide(text: string): Side {
  const colon = text.indexOf(':')
  if (colon <= 0 || /^[./]/.test(text)) return { container: undefined, path: text }
  return { container: text.slice(0, colon), path: text.slice(colon + 1) }
}

async function requireContainer(api: Engine, name: string): Promise<void> {
  try {
    await api['container.exists']({ name })
  } catch (error) {
    if (!EngineError.is(error, 'ContainerNotFound')) throw error
    throw new EngineError(error.code, `container ${JSON.stringify(name)} does not exist`, {
      details: error.details,
      cause: error,
    })
  }
}

/** Whether a path means what is in a folder. */
const meansContent = (file: string): boolean => /(?:^|\/)\.$/.test(file)

async function copyTo(api: Engine, source: Side, target: InContainer, { archive, overwrite, pause }: Flags): Promise<void> {
  const there = await infoOf(api, target)
  const put = (folder: string, body: AsyncIterable<Uint8Array>, rename: Record<string, string>) =>
    api['container.copyTo']({
      name: target.container,
      path: folder,
      copyUIDGID: archive,
      noOverwriteDirNonDir: !overwrite,
      rename,
      pause,
      body,
    })
  if (source.container === undefined && source.path === '-') {
    if (!there?.isDir) throw new UsageError('destination must be a directory when copying from stdin')
    return await put(target.path, process.stdin, {}).catch((error: unknown) => {
      if (!EngineError.is(error, 'ArchiveInvalid')) throw error
      const message = `source must be a (compressed) tar archive when copying from stdin: ${error.message}`
      throw new EngineError(error.code, message, { cause: error })
    })
  }
  await refuseIntoItself(api, source, target)
  const from = await describeSource(api, source)
  const goal = await destination(source.path, from, there && { isFolder: there.isDir, name: '' }, target, async (folder) => {
    const info = await infoOf(api, { ...target, path: folder })
    if (!info?.isDir) throw notInContainer(target)
  })
  const body = await from.read(goal.content, pause)
  await put(goal.below === undefined ? goal.folder : path.posix.join(goal.folder, goal.below), body, {
    ...(goal.name === undefined || goal.content ? {} : { [from.name]: goal.name }),
  })
}

/** What is copied would grow while it is read. @throws UsageError */
async function refuseIntoItself(api: Engine, source: Side, target: InContainer): Promise<void> {
  if (source.container === undefined) return
  const between = path.posix.relative(path.posix.resolve('/', source.path), path.posix.resolve('/', target.path))
  if (between === '..' || between.startsWith('../')) return
  const [from, to] = await Promise.all(
    [source.container, target.container].map(async (name) => (await api['container.inspect']({ name })).Id),
  )
  if (from !== to || !(await infoOf(api, { ...source, container: source.container }))?.isDir) return
  throw new UsageError(
    `cannot copy a directory, ${JSON.stringify(source.path)}, into itself, ${JSON.stringify(target.path)}, in container ${target.container}`,
  )
}

async function copyToHost(api: Engine, source: InContainer, target: string, { overwrite, pause }: Flags): Promise<void> {
  const from = await describeSource(api, source)
  if (target === '-') return await writeOut(await from.read(meansContent(source.path), pause))
  const there = hostPath(target)
  const goal = await destination(
    source.path,
    from,
    there && { isFolder: there.isDirectory(), name: '' },
    { path: target },
    (folder) => {
      if (!hostPath(folder)?.isDirectory()) throw notOnHost(target)
    },
  )
  await writeHost(await from.read(goal.content, pause), {
    folder: goal.folder,
    ...(goal.below === undefined ? {} : { below: goal.below }),
    rename: new Map(goal.name === undefined || goal.content ? [] : [[from.name, goal.name]]),
    overwrite,
  })
}

interface Goal {
  /** A folder that is there. */
  folder: string
  /** The name that the source gets in it; its own where not given. */
  name?: string
  /** A new folder in it, that what is in the source is put into. */
  below?: string
  /** Whether only what is in the source is copied. */
  content: boolean
}

/** Where a source goes. @param requireFolder throws where there is no such folder. @throws UsageError with podman's message */
async function destination(
  asked: string,
  source: End,
  there: End | undefined,
  target: { path: string },
  requireFolder: (folder: string) => Promise<void> | void,
): Promise<Goal> {
  // The root has no name of its own.
  const content = meansContent(asked) || source.name === '.'
  if (there?.isFolder) return { folder: target.path, content }
  if (there && source.isFolder) throw new UsageError('destination must be a directory when copying a directory')
  // Nothing has a name that ends with a slash.
  const folder = target.path.endsWith('/') ? target.path : path.posix.dirname(target.path)
  await requireFolder(folder)
  const name = path.posix.basename(target.path)
  if (source.name === '.') return { folder, below: name, content }
  return { folder, name, content: false }
}

interface Source extends End {
  read(content: boolean, pause: boolean): Promise<AsyncIterable<Uint8Array>>
}

async function describeSource(api: Engine, source: Side): Promise<Source> {
  if (source.container === undefined) {
    const found = hostPath(source.path)
    if (!found || (source.path.endsWith('/') && !found.isDirectory())) throw notOnHost(source.path)
    const name = path.basename(path.resolve(source.path))
    return { isFolder: found.isDirectory(), name, read: async (content) => readHost(source.path, content ? '' : name) }
  }
  const { container } = source
  const info = await infoOf(api, { ...source, container })
  if (!info) throw notInContainer({ ...source, container })
  // Behind all links: a link is copied as what it leads to.
  const real = info.linkTarget.replace(/\/\.?$/, '')
  const read = (content: boolean, pause: boolean) =>
    api['container.copyFrom']({ name: container, path: content || real === '' ? `${real}/.` : real, pause })
  return { isFolder: info.isDir, name: real === '' ? '.' : path.posix.basename(real), read }
}

async function infoOf(api: Engine, { container, path: file }: InContainer): Promise<PathInfo | undefined> {
  try {
    return await api['container.pathInfo']({ name: container, path: file })
  } catch (error) {
    if (EngineError.is(error, 'PathNotFound')) return undefined
    throw error
  }
}

/** Podman's message. */
function notInContainer({ container, path: file }: InContainer): EngineError {
  const message = `${JSON.stringify(file)} could not be found on container ${container}: no such file or directory`
  return new EngineError('PathNotFound', message, { details: { container, path: file } })
}
