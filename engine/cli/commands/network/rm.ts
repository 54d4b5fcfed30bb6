import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { exitCodeOf } from '../../exit-code.ts'
import { forEach } from '../../flags/targets.ts'
import { bool, number } from '../../parse/flags.ts'

export const networkRm = command({
  summary: 'Remove networks',
  description: 'Removes networks that no container has; with -f their containers and pods first.',
  usage: 'NETWORK [NETWORK...]',
  examples: ['berth network rm shop', 'berth network rm -f shop backend'],
  flags: {
    force: bool('f', 'Remove any containers using network'),
    time: number('t', 'Seconds to wait for running containers to stop before killing the container', { aliases: ['timeout'] }),
  },
  args: { min: 1 },
  async run({ args, flags, engine }) {
    const api = await engine()
    const missing = (error: unknown) => EngineError.is(error, 'NetworkNotFound', 'NotFound')
    const targets = args.map((name) => ({ ref: name, shown: name }))
    const work = async ({ ref, shown }: { ref: string; shown: string }) => {
      try {
        const [report] = await api['network.remove']({ name: ref, force: flags.force, timeout: flags.time })
        if (report?.Err) throw new EngineError('NotSupported', report.Err)
        return shown
      } catch (error) {
        if (flags.force && missing(error)) return undefined
        throw error
      }
    }
    let worst = 0
    // That one is in use says more than that another is not there.
    return forEach(targets, work, (error) => {
      worst = Math.max(worst, missing(error) ? 1 : EngineError.is(error, 'NetworkInUse') ? 2 : exitCodeOf(error))
      return worst
    })
  },
})
