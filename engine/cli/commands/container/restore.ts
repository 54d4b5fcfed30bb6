import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { printStatistics } from '../../output/checkpoint-statistics.ts'
import { bool, text, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'

export const restore = command({
  summary: 'Restore one or more containers from a checkpoint',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth container restore web', 'berth container restore --import /tmp/web.tar.zst --name web2'],
  notYet: 'import-previous',
  flags: {
    all: bool('a', 'Restore all checkpointed containers'),
    'file-locks': bool('', 'Restore a container with file locks'),
    'ignore-rootfs': bool('', 'Do not apply root file-system changes when importing from exported checkpoint'),
    'ignore-static-ip': bool('', 'Ignore IP address set via --static-ip'),
    'ignore-static-mac': bool('', 'Ignore MAC address set via --mac-address'),
    'ignore-volumes': bool('', 'Do not restore volumes associated with container'),
    import: text('i', 'Restore from exported checkpoint archive'),
    keep: bool('k', 'Keep all temporary checkpoint files'),
    latest: bool('l', 'Act on the latest container'),
    name: text('n', 'Specify new name for container restored from exported checkpoint (only works with --import)'),
    pod: text('', 'Restore container into existing Pod (only works with --import)'),
    'print-stats': bool('', 'Display restore statistics'),
    privileged: bool('', 'Let an imported container have what it asks for of the host (only works with --import)'),
    publish: words('p', "Publish a container's port, or a range of ports, to the host"),
    'tcp-close': bool('', 'Restore a container with established TCP connections as closed ones'),
    'tcp-established': bool('', 'Restore a container with established TCP connections'),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const common = {
      keep: flags.keep,
      tcpEstablished: flags['tcp-established'],
      tcpClose: flags['tcp-close'],
      fileLocks: flags['file-locks'],
      ignoreStaticIP: flags['ignore-static-ip'],
      ignoreStaticMAC: flags['ignore-static-mac'],
      ignoreRootFS: flags['ignore-rootfs'],
      ignoreVolumes: flags['ignore-volumes'],
    }
    if (flags.import === undefined) {
      if (flags.privileged) throw new UsageError('--privileged can only be used with --import')
      const imported = (['name', 'pod'] as const).find((name) => flags[name] !== undefined)
      if (imported) throw new UsageError(`--${imported} can only be used with image or --import`)
      const targets = await chooseContainers(api, args, { all: flags.all, latest: flags.latest, states: ['exited', 'stopped'] })
      const began = performance.now()
      const statistics: object[] = []
      const code = await forEach(targets, async ({ ref, shown }) => {
        statistics.push(await api['container.restore']({ name: ref, ...common, printStats: flags['print-stats'] }))
        return flags['print-stats'] ? undefined : shown
      })
      if (flags['print-stats']) printStatistics('restore', began, statistics)
      return code
    }
    if (args.length > 0) throw new UsageError('cannot use --import with positional arguments')
    const archive = flags.import
    await access(archive, constants.R_OK).catch((error: unknown) => {
      throw new EngineError('CheckpointInvalid', `The archive ${archive} cannot be read: ${(error as Error).message}`, {
        cause: error,
      })
    })
    const began = performance.now()
    const { Id } = await api['container.restoreImport']({
      container: 'import',
      name: flags.name,
      ...common,
      privileged: flags.privileged,
      pod: flags.pod,
      publishPorts: flags.publish.length > 0 ? flags.publish : undefined,
      body: createReadStream(archive),
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
