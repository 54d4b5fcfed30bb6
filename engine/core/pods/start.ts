import { type CallOptions, parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import { permits } from '../containers/lifecycle/transitions.ts'
import { removeContainer } from '../containers/remove.ts'
import { start as startContainer } from '../containers/start.ts'
import { wait } from '../containers/wait.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { inStartOrder, locatePod } from './members.ts'
import { isInitContainer, stateOf } from './state.ts'

/**
 * Starts all containers of a pod, each after those it needs, and first its init containers one after another. If the infra
 * container, which holds the pod's network, cannot start, the call fails; failures of others are reported, and all that does not
 * need them runs.
 */
export const start: Verb<'pod.start'> = async (context, { name }, options) => {
  const { pod, members } = await locatePod(context, name)
  if (stateOf(members) === 'Running') {
    throw new EngineError('PodAlreadyStarted', `Pod ${pod.name} runs already.`, { details: { pod: pod.id } })
  }
  const startOne = (id: string) => startContainer(context, parseInput('container.start', { name: id }), options)
  const ordered = inStartOrder(context, members).filter(
    ({ state }) => !permits('pause', state.status) && !permits('unpause', state.status),
  )
  const infra = ordered.find(({ config }) => config.isInfra)
  if (infra) await startOne(infra.id)
  const others = ordered.filter((record) => record !== infra)
  const failure = await runInitContainers(context, others.filter(isInitContainer), options)
  const failures =
    failure === undefined
      ? await forEachMember(
          others.filter((record) => !isInitContainer(record)),
          ({ id }) => startOne(id),
          { inOrder: true, passed: ['ContainerAlreadyStarted'] },
        )
      : [failure]
  podEvent(context, pod, 'start')
  return podReport(pod.id, failures, name)
}

/** Runs each to its end. @returns what is wrong with the first that fails; the pod's containers are then not started. */
async function runInitContainers(
  context: Context,
  records: readonly ContainerRecord[],
  options: CallOptions,
): Promise<string | undefined> {
  for (const { id, name, config } of records) {
    try {
      await startContainer(context, parseInput('container.start', { name: id }), options)
      const code = await wait(context, parseInput('container.wait', { name: id }), options)
      if (code !== 0) return `init container ${name} exited with code ${code}`
      if (config.spec.init_container_type === 'once') await removeContainer(context, id, { volumes: true, ignore: true })
    } catch (error) {
      if (options.signal?.aborted) throw error
      return `init container ${name}: ${EngineError.from(error).message}`
    }
  }
  return undefined
}
