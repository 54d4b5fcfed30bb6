import { command } from '../../command.ts'
import { textOr } from '../../parse/flags.ts'
import { chooseContainers, choiceFlags, forEach } from '../../flags/targets.ts'

export const kill = command({
  summary: 'Kill one or more running containers with a specific signal',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth kill web', 'berth kill --signal TERM web'],
  flags: { ...choiceFlags('Signal'), signal: textOr('s', 'Signal to send to the container', 'KILL') },
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEach(await chooseContainers(api, args, { ...flags, states: ['running'] }), async ({ ref, shown }) => {
      await api['container.kill']({ name: ref, signal: flags.signal })
      return shown
    })
  },
})
