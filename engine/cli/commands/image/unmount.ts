import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { refuseRootless } from '../../refuse-rootless.ts'
import { forEach } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const imageUnmount = command({
  summary: "Unmount an image's root filesystem",
  description: 'Every mount is counted: an image’s file system goes when it was unmounted as often, or with --force.',
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth image unmount imgID', 'berth image unmount --all'],
  flags: {
    all: bool('a', 'Unmount all of the currently mounted images'),
    force: bool('f', 'Force the complete unmount of the specified mounted images'),
  },
  local: 'store',
  async run({ args, flags, engine }) {
    if (flags.all && args.length > 0) throw new UsageError('when using the --all switch, you may not pass any image names or IDs')
    if (!flags.all && args.length === 0) throw new UsageError('image name or ID must be specified')
    refuseRootless('image unmount')
    const api = await engine()
    const names = flags.all ? (await api['image.mounts']({})).map(({ Id }) => Id) : args
    return await forEach(
      names.map((name) => ({ ref: name, shown: name })),
      async ({ ref }) => unmount(api, ref, flags.force),
      () => 125,
    )
  },
})

/** As podman: one that is not mounted is ignored. */
async function unmount(api: Engine, name: string, force: boolean): Promise<string | undefined> {
  try {
    return (await api['image.unmount']({ name, force })).Id
  } catch (error) {
    if (EngineError.is(error, 'ImageNotMounted')) return undefined
    throw error
  }
}
