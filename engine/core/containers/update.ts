import type { ContainerSpec, Parsed } from '../../contract/index.ts'
import { containerFields } from '../../contract/spec-fields/index.ts'
import { cgroupOfProcess, writeLimits } from '../../lib/cgroup/index.ts'
import { type ContainerConfig, type ContainerRecord, findContainer, replaceConfig } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { mergeSpec } from './edit/merge-spec.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'
import { isLive, requirePermitted } from './lifecycle/transitions.ts'
import { containerEvent } from './records/event.ts'
import { checkFields } from './resolve/check-fields.ts'
import { resolveResources } from './resolve/resources.ts'
import { resolveRestart } from './resolve/settings.ts'
import { updateSpec } from './update/update-spec.ts'
import { updatedValues } from './update/values.ts'

/**
 * Changes limits, restart policy, environment or health check of a container. Limits of one that runs count at once, ulimits and
 * environment from its next start on.
 */
export const update: Verb<'container.update'> = async (context, { name, restartPolicy, restartRetries, body }) => {
  const { id } = findContainer(context.database, name)
  return await context.lock('container', id, async () => {
    const record = await loadReconciled(context, id)
    requirePermitted('update', record)
    const given = updateSpec(record.config.spec, body, { policy: restartPolicy, retries: restartRetries })
    checkFields(containerFields, 'container', given)
    const config = await updatedConfig(context, record.config, given, body)
    if (isLive(record) && limitsOf.some((field) => given[field] !== undefined)) await limit(context, record, config)
    await context.database.transaction(() => replaceConfig(context.database, id, config))
    containerEvent(context, { ...record, config }, 'update')
    return id
  })
}

/** Fields that lead to limits of the control group. */
const limitsOf = [
  'resource_limits',
  'weightDevice',
  'throttleReadBpsDevice',
  'throttleWriteBpsDevice',
  'throttleReadIOPSDevice',
  'throttleWriteIOPSDevice',
] as const

async function updatedConfig(
  context: Context,
  before: ContainerConfig,
  given: ContainerSpec,
  body: Parsed<'container.update'>['body'],
): Promise<ContainerConfig> {
  const spec = mergeSpec(before.spec, given)
  const limited = limitsOf.some((field) => given[field] !== undefined)
  return {
    ...before,
    ...updatedValues({ ...before, spec }, body),
    resources: limited ? await resolveResources(context, spec, await context.conf()) : before.resources,
    restart: given.restart_policy === undefined ? before.restart : resolveRestart(spec),
  }
}

/**
 * Has the runtime change the limits of what runs, and writes those that it leaves out itself. What is without a limit from now on must be
 * said. @throws EngineError what the runtime or the kernel refuses.
 */
async function limit(context: Context, { id, config, state }: ContainerRecord, { resources }: ContainerConfig): Promise<void> {
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  await runtime.update(id, { ...resources, pids: resources.pids ?? { limit: -1 } })
  const group = cgroupOfProcess(context.cgroups, state.pid)
  if (!group) return
  const { blockIO, memory } = resources
  const before = config.resources.blockIO
  writeLimits(group, {
    readBytes: rates(before?.throttleReadBpsDevice, blockIO?.throttleReadBpsDevice),
    writeBytes: rates(before?.throttleWriteBpsDevice, blockIO?.throttleWriteBpsDevice),
    readOperations: rates(before?.throttleReadIOPSDevice, blockIO?.throttleReadIOPSDevice),
    writeOperations: rates(before?.throttleWriteIOPSDevice, blockIO?.throttleWriteIOPSDevice),
    swappiness: memory?.swappiness,
    disableOomKiller: memory?.disableOOMKiller ?? (config.resources.memory?.disableOOMKiller ? false : undefined),
  })
}

type Rates = NonNullable<NonNullable<ContainerConfig['resources']['blockIO']>['throttleReadBpsDevice']>

/** Those that changed. */
function rates(before: Rates | null | undefined, after: Rates | null | undefined): Rates {
  const had = ({ major, minor, rate }: Rates[number]) =>
    (before ?? []).some((each) => each.major === major && each.minor === minor && each.rate === rate)
  return (after ?? []).filter((each) => !had(each))
}
