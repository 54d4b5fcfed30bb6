import { command } from '../../command.ts'
import { bool, number } from '../../parse/flags.ts'
import { chooseContainers, choiceFlags, forEach } from '../../flags/targets.ts'

export const restart = command({
  summary: 'Restart one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  flags: {
    ...choiceFlags('Restart'),
    running: bool('', 'Restart only running containers'),
    time: number('t', 'Seconds to wait for stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await chooseContainers(api, args, {
      ...flags,
      all: flags.all || flags.running,
      ...(flags.running ? { states: ['running'] } : {}),
    })
    return forEach(targets, async ({ ref, shown }) => {
      await api['container.restart']({ name: ref, timeout: flags.time })
      return shown
    })
  },
})
