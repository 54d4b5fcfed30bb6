import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../../../errors/index.ts'
import { runLater } from '../../../lib/process/run-later.ts'
import { command } from '../../command.ts'
import { bool, text } from '../../parse/flags.ts'
import { chooseContainers, forEach } from '../../flags/targets.ts'

/** Milliseconds that are waited for here; for more this process costs too much memory. */
const longestWait = 2000

function isExitCommand(args: readonly string[], flags: { 'stopped-only'?: boolean; all?: boolean }): boolean {
  return args.length === 1 && flags['stopped-only'] === true && flags.all !== true
}

async function waitForRestart(at: string, file: string): Promise<void> {
  const until = Date.parse(at)
  if (until - Date.now() > longestWait) runLater(until, file, [process.env['BERTH_LAUNCHER'] ?? '', ...process.argv.slice(2)])
  await sleep(Math.max(0, until - Date.now()) + 1)
}

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
      const input = {
        name: ref,
        exec: flags.exec,
        remove: flags.rm,
        removeImage: flags.rmi,
        stoppedOnly: flags['stopped-only'],
      }
      try {
        // The exit command of one container is also what restarts it.
        for (let left = await api['container.cleanup'](input); left.RestartAt !== undefined && isExitCommand(args, flags);) {
          await waitForRestart(left.RestartAt, left.WaitFile ?? '')
          left = await api['container.cleanup'](input)
        }
      } catch (error) {
        // Removed meanwhile: nothing to clean up.
        if (!EngineError.is(error, 'ContainerNotFound')) throw error
      }
      return shown
    })
  },
})
