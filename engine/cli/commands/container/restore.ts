import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'

import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { printStatistics } from '../../output/checkpoint-statistics.ts'
import { bool, text, type Values, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { chooseContainers, forEach, type Target } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'

export const restore = command({
  summary: 'Restore one or more containers from a checkpoint',
  usage: 'CONTAINER|IMAGE [CONTAINER|IMAGE...]',
  examples: ['berth container restore web', 'berth container restore --import /tmp/web.tar.zst --name web2'],
  flags: {
    all: bool('a', 'Restore all checkpointed containers'),
    'file-locks': bool('', 'Restore a container with file locks'),
    'ignore-rootfs': bool('', 'Do not apply root file-system changes when importing from exported checkpoint'),
    'ignore-static-ip': bool('', 'Ignore IP address set via --static-ip'),
    'ignore-static-mac': bool('', 'Ignore MAC address set via --mac-address'),
    'ignore-volumes': bool('', 'Do not restore volumes associated with container'),
    import: text('i', 'Restore from exported checkpoint archive'),
    'import-previous': text('', 'Restore from exported pre-checkpoint archive (only works with --import)'),
    keep: bool('k', 'Keep all temporary checkpoint files'),
    latest: bool('l', 'Act on the latest container'),
    name: text('n', 'Specify new name for container restored from exported checkpoint (only works with image or --import)'),
    pod: text('', 'Restore container into existing Pod (only works with image or --import)'),
    'print-stats': bool('', 'Display restore statistics'),
    privileged: bool('', 'Let an imported container have what it asks for of the host (only works with image or --import)'),
    publish: words('p', "Publish a container's port, or a range of ports, to the host"),
    'tcp-close': bool('', 'Restore a container with established TCP connections as closed ones'),
    'tcp-established': bool('', 'Restore a container with established TCP connections'),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const call = callOf(flags)
    const began = performance.now()
    if (flags.import === undefined) {
      if (flags['import-previous'] !== undefined) throw new UsageError('--import-previous can only be used with --import')
      const targets = await chooseTargets(api, args, flags)
      if (targets.some(({ image }) => !image)) refuseForContainers(flags)
      const statistics: object[] = []
      const code = await forEach(targets, async ({ ref, shown, image }) => {
        const restored = await api['container.restore']({ container: ref, ...call, printStats: flags['print-stats'] })
        statistics.push(restored)
        if (flags['print-stats']) return undefined
        return image ? restored.Id : shown
      })
      if (flags['print-stats']) printStatistics('restore', began, statistics)
      return code
    }
    if (args.length > 0) throw new UsageError('cannot use --import with positional arguments')
    const archive = flags.import
    const previous = flags['import-previous']
    for (const file of previous === undefined ? [archive] : [previous, archive]) await requireReadable(file)
    const { Id } = await api['container.restoreImport']({
      container: 'import',
      ...call,
      ...(previous === undefined ? {} : { previousBytes: (await stat(previous)).size }),
      body: previous === undefined ? createReadStream(archive) : oneAfterAnother(previous, archive),
    }).catch((error: unknown) => {
      // The engine sees only bytes; this process knows their source.
      if (!EngineError.is(error, 'CheckpointInvalid', 'CheckpointPrivileged')) throw error
      throw new EngineError(error.code, `${archive}: ${error.message}`, { details: error.details, cause: error })
    })
    if (flags['print-stats']) printStatistics('restore', began, [])
    else print(`${Id}\n`)
    return 0
  },
})

const callOf = (flags: Given) => ({
  keep: flags.keep,
  tcpEstablished: flags['tcp-established'],
  tcpClose: flags['tcp-close'],
  fileLocks: flags['file-locks'],
  ignoreStaticIP: flags['ignore-static-ip'],
  ignoreStaticMAC: flags['ignore-static-mac'],
  ignoreRootFS: flags['ignore-rootfs'],
  ignoreVolumes: flags['ignore-volumes'],
  name: flags.name,
  privileged: flags.privileged,
  pod: flags.pod,
  publishPorts: flags.publish.length > 0 ? flags.publish : undefined,
})

async function requireReadable(archive: string): Promise<void> {
  await access(archive, constants.R_OK).catch((error: unknown) => {
    throw new EngineError('CheckpointInvalid', `The archive ${archive} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  })
}

async function* oneAfterAnother(...files: string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file) as AsyncIterable<Uint8Array>
}

/** What is restored; `image` says of a name that no container has it. */
interface RestoreTarget extends Target {
  image: boolean
}

/** Names may be containers' and checkpoint images'; nothing is restored where one is neither, as podman does. */
async function chooseTargets(api: Engine, args: readonly string[], flags: Given): Promise<RestoreTarget[]> {
  if (args.length === 0 || flags.all || flags.latest) {
    const choice = { all: flags.all, latest: flags.latest, states: ['exited', 'stopped'] }
    return (await chooseContainers(api, args, choice)).map((target) => ({ ...target, image: false }))
  }
  return await Promise.all(args.map(async (name) => ({ ref: name, shown: name, image: await isImage(api, name) })))
}

async function isImage(api: Engine, name: string): Promise<boolean> {
  const missing = (error: unknown) => {
    if (EngineError.is(error, 'ContainerNotFound', 'ImageNotFound', 'NotFound')) return true
    throw error
  }
  if (!(await api['container.exists']({ name }).catch(missing))) return false
  if (!(await api['image.exists']({ name }).catch(missing))) return true
  throw new EngineError('ContainerNotFound', `no such container or image: ${name}`, { details: { container: name } })
}

type Given = Values<typeof restore.flags>

/** What only a new container can be given. */
function refuseForContainers(flags: Given): void {
  const given = (['ignore-rootfs', 'ignore-volumes', 'name', 'pod', 'privileged'] as const).find((name) => flags[name])
  if (given) throw new UsageError(`--${given} can only be used with image or --import`)
  if (flags.publish.length > 0) throw new UsageError('--publish can only be used with image or --import')
}
