import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { ExitError, exitCodeOf } from '../../exit-code.ts'
import { bool, number, texts } from '../../parse/flags.ts'
import { choosePods, forEach } from '../../flags/targets.ts'

export const podRm = command({
  summary: 'Remove one or more pods',
  description: 'Removes pods. One with running containers is not removed without -f.',
  usage: 'POD [POD...]',
  examples: ['berth pod rm shop', 'berth pod rm -f -a'],
  flags: {
    all: bool('a', 'Remove all pods'),
    force: bool('f', 'Force removal of a running pod by first stopping all containers'),
    ignore: bool('i', 'Ignore errors when a specified pod is missing'),
    latest: bool('l', 'Act on the latest pod'),
    'pod-id-file': texts('', 'Read the pod ID from the file'),
    time: number('t', 'Seconds to wait for pod stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const missing = (error: unknown) => EngineError.is(error, 'PodNotFound', 'NotFound')
    const choice = { ...flags, ignore: flags.ignore || flags.force, files: flags['pod-id-file'] }
    const targets = await choosePods(api, args, choice).catch((error: unknown) => {
      throw missing(error) ? new ExitError(1, EngineError.from(error).message, error) : error
    })
    const work = async ({ ref }: { ref: string }) => {
      try {
        const { Id, Err } = await api['pod.remove']({ name: ref, force: flags.force, timeout: flags.time })
        if (Err) throw new EngineError('PodHasContainers', Err)
        return Id
      } catch (error) {
        if ((flags.ignore || flags.force) && missing(error)) return undefined
        throw error
      }
    }
    return forEach(targets, work, (error) => (missing(error) ? 1 : exitCodeOf(error)))
  },
})
