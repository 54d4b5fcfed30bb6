import { command } from '../../command.ts'
import { forEach } from '../../flags/targets.ts'
import { refuseRootless } from '../../refuse-rootless.ts'

export const volumeMount = command({
  summary: 'Mount volume',
  description: 'Mount a volume and return its location. Ordinary users see it in their own namespace (berth unshare).',
  usage: 'NAME [NAME...]',
  examples: ['berth volume mount myvol'],
  flags: {},
  args: { min: 1 },
  local: 'store',
  async run({ args, engine }) {
    refuseRootless('volume mount')
    const api = await engine()
    return forEach(
      args.map((name) => ({ ref: name, shown: name })),
      ({ ref }) => api['volume.mount']({ name: ref }),
    )
  },
})
