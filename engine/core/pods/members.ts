import { containersOfPod, type ContainerRecord, dependencies, findPod, type PodRecord } from '../../store/index.ts'
import { observe } from '../containers/lifecycle/observe.ts'
import type { Context } from '../context.ts'

/** A pod with its containers as they are now. */
export interface PodWithMembers {
  pod: PodRecord
  /** Oldest first, with the infra container. */
  members: ContainerRecord[]
}

/** @throws EngineError `PodNotFound`, `NameAmbiguous`. */
export async function locatePod(context: Context, nameOrId: string): Promise<PodWithMembers> {
  const pod = findPod(context.database, nameOrId)
  return { pod, members: await membersOf(context, pod) }
}

/** A pod's containers as they are now, oldest first. */
export async function membersOf(context: Context, pod: PodRecord): Promise<ContainerRecord[]> {
  return await Promise.all(containersOfPod(context.database, pod.id).map((record) => observe(context, record)))
}

/** The members so that each comes after those it needs (its namespaces' owner, above all the infra container). */
export function inStartOrder(context: Context, members: readonly ContainerRecord[]): ContainerRecord[] {
  const byId = new Map(members.map((record) => [record.id, record]))
  const ordered = new Set<ContainerRecord>()
  const visit = (record: ContainerRecord, above: ReadonlySet<string>): void => {
    if (ordered.has(record) || above.has(record.id)) return
    for (const id of dependencies(context.database, record.id)) {
      const needed = byId.get(id)
      if (needed) visit(needed, new Set([...above, record.id]))
    }
    ordered.add(record)
  }
  for (const record of members.toSorted((one, other) => Number(other.config.isInfra) - Number(one.config.isInfra)))
    visit(record, new Set())
  return [...ordered]
}
