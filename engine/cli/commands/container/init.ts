import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'

export const init = command({
  summary: 'Initialize one or more containers',
  description: 'Makes everything ready to start: mounts, network, the process itself, which waits.',
  usage: 'CONTAINER [CONTAINER...]',
  flags: { all: bool('a', 'Initialize all containers'), latest: bool('l', 'Act on the latest container') },
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEach(
      await chooseContainers(api, args, { ...flags, states: ['created', 'configured', 'exited'] }),
      async ({ ref, shown }) => {
        await api['container.init']({ name: ref })
        return shown
      },
    )
  },
})
