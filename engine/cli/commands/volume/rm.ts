import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { forEach } from '../../flags/targets.ts'
import { bool, number } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const volumeRm = command({
  summary: 'Remove one or more volumes',
  description:
    'Remove one or more existing volumes. By default only volumes that are not being used by any containers will be removed. To remove the volumes anyways, use the --force flag.',
  usage: 'VOLUME [VOLUME...]',
  examples: ['berth volume rm myvol1 myvol2', 'berth volume rm --all', 'berth volume rm --force myvol'],
  flags: {
    all: bool('a', 'Remove all volumes'),
    force: bool('f', 'Remove a volume by force, even if it is being used by a container'),
    time: number('t', 'Seconds to wait for running containers to stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    if (flags.all === args.length > 0) throw new UsageError('choose either one or more volumes or all')
    const api = await engine()
    const names = flags.all ? (await api['volume.list']({})).map(({ Name }) => Name) : args
    const codes: number[] = []
    const work = async ({ ref }: { ref: string }) => {
      try {
        const { Name } = await api['volume.inspect']({ name: ref })
        await api['volume.remove']({
          name: Name,
          force: flags.force,
          ...(flags.time === undefined ? {} : { timeout: flags.time }),
        })
        return Name
      } catch (error) {
        if (flags.force && EngineError.is(error, 'VolumeNotFound')) return undefined
        throw error
      }
    }
    const code = (error: unknown): number => {
      codes.push(EngineError.is(error, 'VolumeInUse') ? 2 : EngineError.is(error, 'VolumeNotFound') ? 1 : 125)
      // As with podman: that one is in use says more than that another is not there.
      return codes.includes(125) ? 125 : Math.max(...codes)
    }
    return forEach(
      names.map((name) => ({ ref: name, shown: name })),
      work,
      code,
    )
  },
})
