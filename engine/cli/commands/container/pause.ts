import { command } from '../../command.ts'
import { chooseContainers, choiceFlags, forEach } from '../../flags/targets.ts'

export const pause = command({
  summary: 'Pause all the processes in one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  flags: choiceFlags('Pause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEach(await chooseContainers(api, args, { ...flags, states: ['running'] }), async ({ ref, shown }) => {
      await api['container.pause']({ name: ref })
      return shown
    })
  },
})
