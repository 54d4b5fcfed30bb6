import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'

/** What conmon runs when a container or an exec session has ended. Its output is discarded. */
export const cleanup = command({
  summary: 'Clean up network and mountpoints of one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  local: true,
  flags: {
    all: bool('a', 'Clean up all containers'),
    exec: text('', 'Clean up the given exec session instead of the container'),
    latest: bool('l', 'Act on the latest container'),
    rm: bool('', 'After cleanup, remove the container entirely'),
    rmi: bool('', 'After cleanup, remove the image entirely'),
    'stopped-only': bool('', 'Only clean up if the container has stopped'),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    return forEach(await chooseContainers(api, args, flags), async ({ ref, shown }) => {
      try {
        await api['container.cleanup']({
          name: ref,
          exec: flags.exec,
          remove: flags.rm,
          removeImage: flags.rmi,
          stoppedOnly: flags['stopped-only'],
        })
      } catch (error) {
        // Removed meanwhile: nothing to clean up.
        if (!EngineError.is(error, 'ContainerNotFound')) throw error
      }
      return shown
    })
  },
})
