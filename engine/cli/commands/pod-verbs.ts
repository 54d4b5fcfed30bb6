import type { Engine, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { bool, number, textOr, texts } from '../parse/flags.ts'
import { choosePods, forEach, type Target } from '../targets.ts'

const choice = (verb: string) => ({ all: bool('a', `${verb} all pods`), latest: bool('l', 'Act on the latest pod') })
const idFile = texts('', 'Read the pod ID from the file')
const usage = 'POD [POD...]'

/** Does it and prints the pod's id; a container of it that failed is the pod's failure. */
async function each(
  targets: readonly Target[],
  verb: string,
  work: (target: Target) => Promise<Output<'pod.start'>>,
): Promise<number> {
  return forEach(targets, async (target) => {
    const { Id, Errs } = await work(target)
    if (Errs && Errs.length > 0)
      throw new EngineError('RuntimeFailed', `not all containers of pod ${Id} could be ${verb}: ${Errs.join('; ')}`)
    return Id
  })
}

/** A pod that is in that state already counts as done. */
async function done(api: Engine, { ref }: Target, work: Promise<Output<'pod.start'>>): Promise<Output<'pod.start'>> {
  try {
    return await work
  } catch (error) {
    if (!EngineError.is(error, 'PodAlreadyStarted', 'PodAlreadyStopped')) throw error
    return { Id: (await api['pod.inspect']({ name: ref })).Id }
  }
}

export const podStart = command({
  summary: 'Start one or more pods',
  usage,
  flags: { ...choice('Start'), 'pod-id-file': idFile },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, { ...flags, files: flags['pod-id-file'] })
    return each(targets, 'started', (target) => done(api, target, api['pod.start']({ name: target.ref })))
  },
})

export const podStop = command({
  summary: 'Stop one or more pods',
  usage,
  flags: {
    ...choice('Stop'),
    ignore: bool('i', 'Ignore errors when a specified pod is missing'),
    'pod-id-file': idFile,
    time: number('t', 'Seconds to wait for pod stop before killing the container', { aliases: ['timeout'] }),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const targets = await choosePods(api, args, { ...flags, files: flags['pod-id-file'] })
    return each(targets, 'stopped', async (target) => {
      try {
        return await done(api, target, api['pod.stop']({ name: target.ref, t: flags.time }))
      } catch (error) {
        if (flags.ignore && EngineError.is(error, 'PodNotFound', 'NotFound')) return { Id: target.shown }
        throw error
      }
    })
  },
})

export const podRestart = command({
  summary: 'Restart one or more pods',
  usage,
  flags: choice('Restart'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return each(await choosePods(api, args, flags), 'restarted', ({ ref }) => api['pod.restart']({ name: ref }))
  },
})

export const podKill = command({
  summary: 'Send the specified signal or SIGKILL to containers in pod',
  usage,
  flags: { ...choice('Signal'), signal: textOr('s', 'Signal to send to the containers in the pod', 'KILL') },
  async run({ args, flags, engine }) {
    const api = await engine()
    return each(await choosePods(api, args, flags), 'killed', ({ ref }) => api['pod.kill']({ name: ref, signal: flags.signal }))
  },
})

export const podPause = command({
  summary: 'Pause one or more pods',
  usage,
  flags: choice('Pause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return each(await choosePods(api, args, flags), 'paused', ({ ref }) => api['pod.pause']({ name: ref }))
  },
})

export const podUnpause = command({
  summary: 'Unpause one or more pods',
  usage,
  flags: choice('Unpause'),
  async run({ args, flags, engine }) {
    const api = await engine()
    return each(await choosePods(api, args, flags), 'unpaused', ({ ref }) => api['pod.unpause']({ name: ref }))
  },
})
