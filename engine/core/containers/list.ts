import { readlinkSync } from 'node:fs'

import type { ContainerSummary, Parsed } from '../../contract/index.ts'
import { cacheJson } from '../../lib/files/known-json.ts'
import { allPods, type ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { containerFilter } from '../filters/container.ts'
import type { Verb } from '../verb.ts'
import { isRunning } from './lifecycle/transitions.ts'
import { currentContainers } from './records/live.ts'
import { containerSize } from './records/size.ts'
import { summarize } from './records/summary.ts'

type ListInput = Parsed<'container.list'>

interface Kept {
  of: readonly ContainerRecord[]
  answers: Map<string, ContainerSummary[]>
}

const kept = new WeakMap<Context, Kept>()
const summaries = new WeakMap<ContainerRecord, ContainerSummary>()
const maxAnswers = 16

/**
 * Containers, oldest first; the running ones unless `all`, `last` or a filter by status selects others. The same query returns the
 * same array, with its cached JSON text (lib/known-json.ts), until something changes.
 */
export const list: Verb<'container.list'> = async (context, input) => {
  const records = await currentContainers(context)
  if (input.size || input.namespace || input.filters['until'] !== undefined) return await answer(context, records, input)
  let cache = kept.get(context)
  if (cache?.of !== records) kept.set(context, (cache = { of: records, answers: new Map() }))
  const question = JSON.stringify(input)
  const found = cache.answers.get(question)
  if (found) return found
  const answered = await answer(context, records, input)
  if (!context.service) return answered
  if (cache.answers.size >= maxAnswers) cache.answers.clear()
  cacheJson(answered, JSON.stringify(answered))
  cache.answers.set(question, answered)
  return answered
}

async function answer(context: Context, records: readonly ContainerRecord[], input: ListInput): Promise<ContainerSummary[]> {
  const matches = await containerFilter(context, input.filters)
  const last = input.last ?? input.limit ?? 0
  const all = input.all || last > 0 || (input.filters['status']?.length ?? 0) > 0
  let chosen = records.filter((record) => (all || isRunning(record)) && matches(record))
  if (last > 0) chosen = chosen.slice(-last).reverse()
  const pods = chosen.some(({ pod }) => pod !== null) ? podNames(context, records) : new Map<string, never>()
  const plain = chosen.map((record) => summaryOf(record, record.pod === null ? undefined : pods.get(record.pod)))
  const summarized = input.namespace ? plain.map((each) => ({ ...each, Namespaces: namespacesOf(each.Pid) })) : plain
  if (!input.size) return summarized
  return await Promise.all(
    chosen.map(async (record, index) => ({
      ...(summarized[index] as ContainerSummary),
      Size: await containerSize(context, record),
    })),
  )
}

function summaryOf(record: ContainerRecord, pod: { name: string; infra?: ContainerRecord } | undefined): ContainerSummary {
  const found = summaries.get(record)
  if (found) return found
  const made = summarize(record, pod)
  summaries.set(record, made)
  return made
}

/** Podman's names for the files of /proc/PID/ns. */
const namespaces = { Mnt: 'mnt', Cgroup: 'cgroup', Ipc: 'ipc', Net: 'net', Pidns: 'pid', Uts: 'uts', User: 'user' }

/** The kernel's numbers of a process's namespaces; none of one that has ended. */
function namespacesOf(pid: number): Record<string, string> {
  if (pid === 0) return {}
  try {
    return Object.fromEntries(
      Object.entries(namespaces).map(([name, file]) => [name, readlinkSync(`/proc/${pid}/ns/${file}`).replace(/\D/g, '')]),
    )
  } catch {
    return {}
  }
}

function podNames(context: Context, records: readonly ContainerRecord[]): Map<string, { name: string; infra?: ContainerRecord }> {
  const infras = new Map(records.filter(({ config }) => config.isInfra).map((record) => [record.id, record]))
  return new Map(
    allPods(context.database, warnOfDamage(context)).map(({ id, name, config }) => [
      id,
      { name, infra: infras.get(config.infraId) },
    ]),
  )
}
