import type { Engine, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { bool, texts } from '../parse/flags.ts'
import { forEach, type Target } from './targets.ts'

/** The flags that choose pods, with the verb in their help. */
export const podChoice = (verb: string) => ({ all: bool('a', `${verb} all pods`), latest: bool('l', 'Act on the latest pod') })

export const idFile = texts('', 'Read the pod ID from the file')

export const podUsage = 'POD [POD...]'

/**
 * Runs the verb and prints the pod's id; a failed container is the pod's failure.
 *
 * @param asNamed prints what the caller called it, as podman's start and stop do.
 */
export async function forEachPod(
  targets: readonly Target[],
  verb: string,
  work: (target: Target) => Promise<Output<'pod.start'>>,
  asNamed = false,
): Promise<number> {
  return forEach(targets, async (target) => {
    const { Id, Errs } = await work(target)
    if (Errs && Errs.length > 0)
      throw new EngineError('RuntimeFailed', `not all containers of pod ${Id} could be ${verb}: ${Errs.join('; ')}`)
    return asNamed ? target.shown : Id
  })
}

/** A pod that is in that state already, or has nothing that the verb could change, counts as done, as with podman. */
export async function ignoreDone(api: Engine, { ref }: Target, work: Promise<Output<'pod.start'>>): Promise<Output<'pod.start'>> {
  try {
    return await work
  } catch (error) {
    if (!EngineError.is(error, 'PodAlreadyStarted', 'PodAlreadyStopped', 'PodStateInvalid')) throw error
    return { Id: (await api['pod.inspect']({ name: ref })).Id }
  }
}
