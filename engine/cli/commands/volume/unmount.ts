import { command } from '../../command.ts'
import { forEach } from '../../flags/targets.ts'
import { refuseRootless } from '../../refuse-rootless.ts'

export const volumeUnmount = command({
  summary: 'Unmount volume',
  usage: 'NAME [NAME...]',
  examples: ['berth volume unmount myvol'],
  flags: {},
  args: { min: 1 },
  local: 'store',
  async run({ args, engine }) {
    refuseRootless('volume unmount')
    const api = await engine()
    return forEach(
      args.map((name) => ({ ref: name, shown: name })),
      async ({ ref }) => {
        const { Name } = await api['volume.inspect']({ name: ref })
        await api['volume.unmount']({ name: Name })
        return Name
      },
    )
  },
})
