import { command } from '../../command.ts'
import { format } from '../../flags/inspect-flags.ts'
import { showAll } from '../../output/inspect.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { inspectFlags, inspectRemote } from '../../skopeo/inspect-remote.ts'

export const imageInspect = command({
  summary: 'Display the configuration of an image',
  description:
    'Displays the low-level information on an image. With --remote, of one at a registry, in a folder or in an archive, without fetching its layers, as skopeo inspect does: docker://REGISTRY/NAME:TAG, dir:PATH, oci:PATH:NAME …',
  usage: 'IMAGE [IMAGE...]',
  examples: ['berth image inspect busybox', 'berth image inspect --remote docker://quay.io/skopeo/stable:latest'],
  flags: {
    ...inspectFlags,
    format,
    remote: bool('', 'Inspect an image where it is: at a registry, in a folder or in an archive'),
  },
  async run({ args, flags, engine }) {
    if (!flags.remote) return showAll(args, flags.format, (api, name) => api['image.inspect']({ name }), engine, false)
    if (args.length !== 1) throw new UsageError('--remote takes exactly one image')
    await inspectRemote({ args, flags, engine })
    return 0
  },
})
