import type { PodSummary } from '../../contract/index.ts'
import { allPods } from '../../store/index.ts'
import { currentContainers } from '../containers/records/live.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { podFilter } from '../filters/pod.ts'
import type { Verb } from '../verb.ts'
import { aboveCgroup } from './cgroup.ts'
import type { PodWithMembers } from './members.ts'
import { stateOf } from './state.ts'

/** Pods with their containers, oldest first. */
export const list: Verb<'pod.list'> = async (context, { filters }) => {
  const matches = await podFilter(filters)
  const members = Map.groupBy(await currentContainers(context), ({ pod }) => pod)
  const pods = allPods(context.database, warnOfDamage(context)).map((pod) => ({ pod, members: members.get(pod.id) ?? [] }))
  return pods.filter(matches).map(summarize)
}

function summarize({ pod, members }: PodWithMembers): PodSummary {
  const infra = members.find(({ id }) => id === pod.config.infraId)
  return {
    Cgroup: aboveCgroup(pod.config),
    Containers: members.map(({ id, name, state }) => ({
      Id: id,
      Names: name,
      Status: state.status,
      RestartCount: state.restarts,
    })),
    Created: pod.created,
    Id: pod.id,
    InfraId: pod.config.infraId,
    Name: pod.name,
    Namespace: '',
    Networks: infra ? Object.keys(infra.config.networks) : [],
    Status: stateOf(members),
    Labels: pod.config.labels,
  }
}
