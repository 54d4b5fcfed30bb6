import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { refuseRootless } from '../../refuse-rootless.ts'

export const unmount = command({
  summary: "Unmount working container's root filesystem",
  description:
    'Mounts are counted: a container’s file system goes when it was unmounted as often as it was mounted, or with --force. One that runs stays mounted for its processes.',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth unmount ctrID', 'berth unmount --all'],
  flags: {
    all: bool('a', 'Unmount all of the currently mounted containers'),
    force: bool('f', 'Force the complete unmount of the specified mounted containers'),
    latest: bool('l', 'Act on the latest container'),
  },
  local: 'store',
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('no arguments are needed with --all')
    refuseRootless('unmount')
    const api = await engine()
    return await forEach(await chooseContainers(api, args, flags), async ({ ref, shown }) => {
      try {
        await api['container.unmount']({ name: ref, force: flags.force })
        return shown
      } catch (error) {
        // As podman: one that is not mounted is fine where it is named, and not mentioned among all.
        if (EngineError.is(error, 'ContainerNotMounted')) return flags.all ? undefined : shown
        throw error
      }
    })
  },
})
