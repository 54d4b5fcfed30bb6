import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { printStatistics } from '../../output/checkpoint-statistics.ts'
import { bool, text, textOr, type Values } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'

const flags = {
  all: bool('a', 'Checkpoint all running containers'),
  compress: textOr('c', 'Select compression algorithm for the archive', 'zstd', { choices: ['gzip', 'none', 'zstd'] }),
  'create-image': text('', 'Create checkpoint image with specified name'),
  export: text('e', 'Export the checkpoint image to an archive'),
  'file-locks': bool('', 'Checkpoint a container with file locks'),
  'ignore-rootfs': bool('', 'Do not include root file-system changes when exporting'),
  'ignore-volumes': bool('', 'Do not export volumes associated with the container'),
  keep: bool('k', 'Keep all temporary checkpoint files'),
  latest: bool('l', 'Act on the latest container'),
  'leave-running': bool('R', 'Leave the container running after writing checkpoint to disk'),
  'pre-checkpoint': bool('P', 'Dump the memory of the container, and leave it running'),
  'print-stats': bool('', 'Display checkpoint statistics'),
  'tcp-established': bool('', 'Checkpoint a container with established TCP connections'),
  'with-previous': bool('', 'Checkpoint a container with pre-checkpoint images'),
}

export const checkpoint = command({
  summary: 'Checkpoint one or more containers',
  description:
    'Saves the state of running containers: into the store, and with --export as an archive or with --create-image as an image that another host can restore.',
  usage: 'CONTAINER [CONTAINER...]',
  examples: [
    'berth container checkpoint web',
    'berth container checkpoint --export /tmp/web.tar.zst --leave-running web',
    'berth container checkpoint --create-image web-checkpoint web',
  ],
  flags,
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await chooseContainers(api, args, { all: flags.all, latest: flags.latest, states: ['running'] })
    const { export: archive } = flags
    if (archive !== undefined && targets.length !== 1) throw new UsageError('--export needs exactly one container')
    if (archive === undefined && (flags['ignore-rootfs'] || flags['ignore-volumes']))
      throw new UsageError('--ignore-rootfs and --ignore-volumes can only be used with --export')
    if (archive !== undefined && flags['create-image'] !== undefined)
      throw new UsageError('--create-image and --export cannot be used together')
    const began = performance.now()
    const statistics: object[] = []
    const code = await forEach(targets, async ({ ref, shown }) => {
      if (archive !== undefined) await exportTo(api, ref, archive, flags)
      else
        statistics.push(
          await api['container.checkpoint']({
            name: ref,
            ...common(flags),
            createImage: flags['create-image'],
            printStats: flags['print-stats'],
          }),
        )
      return flags['print-stats'] ? undefined : shown
    })
    if (flags['print-stats']) printStatistics('checkpoint', began, statistics)
    return code
  },
})

const common = (flags: Values<typeof checkpoint.flags>) => ({
  keep: flags.keep,
  leaveRunning: flags['leave-running'],
  tcpEstablished: flags['tcp-established'],
  fileLocks: flags['file-locks'],
  preCheckpoint: flags['pre-checkpoint'],
  withPrevious: flags['with-previous'],
})

/** Writes the archive beside its name and renames it: a failure leaves no partial archive. */
async function exportTo(api: Engine, name: string, archive: string, flags: Values<typeof checkpoint.flags>): Promise<void> {
  const part = `${archive}.part-${process.pid}`
  const source = await api['container.checkpointExport']({
    name,
    ...common(flags),
    compress: flags.compress as 'zstd',
    ignoreRootFS: flags['ignore-rootfs'],
    ignoreVolumes: flags['ignore-volumes'],
  })
  try {
    await pipeline(source, createWriteStream(part, { mode: 0o600, flags: 'wx' }))
    await rename(part, archive)
  } catch (error) {
    await rm(part, { force: true })
    if (EngineError.is(error)) throw error
    throw new EngineError('StoreUnavailable', `The archive ${archive} cannot be written: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
