import { rmSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { deletePod, podById } from '../../store/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { removeContainer } from '../containers/remove.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { removePodCgroup } from './cgroup.ts'
import { podEvent } from './event.ts'
import { inStartOrder, locatePod, membersOf, type PodWithMembers } from './members.ts'

/**
 * Removes a pod and all its containers; running ones only with `force`, else none is touched. If a container cannot be removed the
 * pod stays, with that container, and removing it again goes on.
 */
export const remove: Verb<'pod.remove'> = async (context, { name, force, timeout }) => {
  const found = await locatePod(context, name)
  return await context.lock('pod', found.pod.id, async () => {
    const members = await membersOf(context, found.pod)
    if (!force) refuseRunning({ pod: found.pod, members })
    return await removeWith(context, { pod: found.pod, members }, force, timeout)
  })
}

function refuseRunning({ pod, members }: PodWithMembers): void {
  // The infra container has no work of its own, and ends with its pod.
  const running = members.filter((member) => isLive(member) && !member.config.isInfra)
  const [first] = running
  if (!first) return
  const message = `not all containers could be removed from pod ${pod.id}: cannot remove container ${first.id} as it is running - running or paused containers cannot be removed without force: container state improper`
  throw new EngineError('PodHasContainers', message, { details: { pod: pod.id, containers: running.map(({ id }) => id) } })
}

async function removeWith(context: Context, { pod, members }: PodWithMembers, force: boolean, timeout: number | undefined) {
  const removed: Record<string, null> = {}
  const failures: unknown[] = []
  // Those that need others first, the infra container last.
  for (const record of inStartOrder(context, members).toReversed()) {
    try {
      // An infra container has nothing to finish: it is killed without a timeout.
      await removeContainer(context, record.id, {
        force: force || record.config.isInfra,
        volumes: true,
        ignore: true,
        timeout: record.config.isInfra ? 0 : timeout,
      })
      removed[record.id] = null
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `not all containers could be removed from pod ${pod.id}`)
  await removePodCgroup(context, pod).catch((error: unknown) =>
    context.log.warn("A pod's cgroup could not be removed", { object: pod.id, error: EngineError.from(error).message }),
  )
  if (podById(context.database, pod.id)) {
    await context.database.transaction(() => deletePod(context.database, pod.id))
    podEvent(context, pod, 'remove')
  }
  // Waiters find the pod removed, and treat a lock on a removed file as none.
  rmSync(context.lockFile('pod', pod.id), { force: true })
  return { Id: pod.id, Err: null, RemovedCtrs: removed }
}
