import { command } from '../../command.ts'
import { chooseContainers, choiceFlags, forEach } from '../../flags/targets.ts'

export const unpause = command({
  summary: 'Unpause the processes in one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  flags: choiceFlags('Unpause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEach(await chooseContainers(api, args, { ...flags, states: ['paused'] }), async ({ ref, shown }) => {
      await api['container.unpause']({ name: ref })
      return shown
    })
  },
})
