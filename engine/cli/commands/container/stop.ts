import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { bool, number } from '../../parse/flags.ts'
import { chooseContainers, choiceFlags, forEach } from '../../flags/targets.ts'

/** As podman's: there is nothing to stop. */
function neverStarted(error: unknown): boolean {
  return EngineError.is(error, 'ContainerStateInvalid') && error.details['state'] === 'created'
}

export const stop = command({
  summary: 'Stop one or more containers',
  description:
    'Stops one or more running containers: the stop signal first, and SIGKILL for those that still run when the time is up.',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth stop web', 'berth stop --time 2 web db', 'berth stop --all'],
  flags: {
    ...choiceFlags('Stop'),
    ignore: bool('i', 'Ignore errors when a specified container is missing'),
    'not-stopped-by-user': bool('', 'Do not count as a stop by the user: the restart policy starts it at the next boot'),
    time: number('t', 'Seconds to wait for stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await chooseContainers(api, args, { ...flags, states: ['running', 'stopping', 'paused'] })
    return forEach(targets, async ({ ref, shown }) => {
      try {
        await api['container.stop']({
          name: ref,
          timeout: flags.time,
          notStoppedByUser: flags['not-stopped-by-user'],
        })
      } catch (error) {
        if (flags.ignore && EngineError.is(error, 'ContainerNotFound', 'NotFound')) return undefined
        if (!EngineError.is(error, 'ContainerAlreadyStopped') && !neverStarted(error)) throw error
      }
      return shown
    })
  },
})
