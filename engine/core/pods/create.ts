import type { Parsed, PodSpec, Resources } from '../../contract/index.ts'
import { podFields } from '../../contract/spec-fields/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { checkHostname, checkName } from '../../spec/name.ts'
import { parseSecurity } from '../../spec/security-option.ts'
import { deletePod, insertPod, inventName, type PodConfig, type PodRecord, timestamp } from '../../store/index.ts'
import { createContainer } from '../containers/create.ts'
import { checkFields } from '../containers/resolve/check-fields.ts'
import { resolveMounts } from '../containers/resolve/mounts.ts'
import { resolveResources } from '../containers/resolve/resources.ts'
import { resolveRestart } from '../containers/resolve/settings.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { podCgroupParent } from './cgroup.ts'
import { checkPodNetwork } from './check-network.ts'
import { podEvent } from './event.ts'
import { infraSpec } from './infra-spec.ts'
import { pauseImageName } from './pause-rootfs.ts'
import { exitPolicy, sharedNamespaces } from './settings.ts'
import { refuseWithoutInfra } from './without-infra.ts'

/** Creates a pod and, unless `no_infra`, its infra container, which holds what the members share. On failure nothing is left. */
export const create: Verb<'pod.create'> = async (context, { body }: Parsed<'pod.create'>) => {
  const spec = await withConfInfra(context, body)
  const warnings: string[] = []
  const pod = await describePod(context, spec, warnings)
  await context.database.transaction(() => {
    pod.name ||= inventName(context.database)
    insertPod(context.database, pod)
  })
  const { infraId } = pod.config
  if (infraId !== '') {
    try {
      const made = await createContainer(context, infraSpec(context, spec, pod), {
        id: infraId,
        isInfra: true,
        podId: pod.id,
        ...(spec.infra_image ? {} : { image: { id: '', name: pauseImageName(), digest: '' } }),
      })
      warnings.push(...made.warnings)
    } catch (error) {
      await context.database.transaction(() => deletePod(context.database, pod.id))
      throw error
    }
  }
  podEvent(context, pod, 'create')
  return { Id: pod.id, Warnings: [...new Set(warnings)] }
}

async function describePod(context: Context, spec: PodSpec, warnings: string[]): Promise<PodRecord> {
  warnings.push(...checkFields(podFields, 'pod', spec))
  checkForMembers(context, spec, warnings)
  if (spec.name) checkName(spec.name)
  const id = randomId()
  const noInfra = spec.no_infra ?? false
  if (noInfra) refuseWithoutInfra(spec)
  const sharesParent = spec.share_parent ?? true
  const shared = noInfra ? [] : sharedNamespaces(spec.shared_namespaces, sharesParent)
  if (!noInfra) await checkPodNetwork(context, spec, shared)
  const resources = await podLimits(context, spec, warnings)
  const config: PodConfig = {
    spec,
    hostname: spec.hostname ? checkHostname(spec.hostname) : '',
    labels: spec.labels ?? {},
    infraId: noInfra ? '' : randomId(),
    shared,
    exitPolicy: exitPolicy(spec.exit_policy || (await context.conf()).engine.podExitPolicy),
    restart: resolveRestart({ restart_policy: spec.restart_policy, restart_tries: spec.restart_tries }),
    cgroupParent: sharesParent ? await podCgroupParent(context, id, spec.cgroup_parent) : '',
    ...(Object.keys(resources).length > 0 ? { resources } : {}),
    createCommand: spec.pod_create_command ?? [],
  }
  return { id, name: spec.name ?? '', created: timestamp(), config }
}

/** What containers.conf says of infra containers. */
async function withConfInfra(context: Context, spec: PodSpec): Promise<PodSpec> {
  const { infraImage, infraCommand } = (await context.conf()).engine
  if (spec.no_infra || (!infraImage && !infraCommand)) return spec
  return {
    ...spec,
    ...(spec.infra_image || !infraImage ? {} : { infra_image: infraImage }),
    ...(spec.infra_command || !infraCommand ? {} : { infra_command: infraCommand.split(' ').filter(Boolean) }),
  }
}

/** What members get when they are created; errors are reported now. */
function checkForMembers(context: Context, spec: PodSpec, warnings: string[]): void {
  const { mounts, volumes, overlay_volumes } = spec
  resolveMounts(context, { mounts, volumes, overlay_volumes }, [], warnings)
  parseSecurity(spec.security_opt ?? [])
}

/** Limits of the pod's control group. A container's default number of processes is no pod's. */
async function podLimits(context: Context, spec: PodSpec, warnings: string[]): Promise<Resources> {
  const {
    resource_limits,
    weightDevice,
    throttleReadBpsDevice,
    throttleWriteBpsDevice,
    throttleReadIOPSDevice,
    throttleWriteIOPSDevice,
    cpu_period,
    cpu_quota,
  }: PodSpec = spec
  const asked = {
    resource_limits,
    weightDevice,
    throttleReadBpsDevice,
    throttleWriteBpsDevice,
    throttleReadIOPSDevice,
    throttleWriteIOPSDevice,
    cpu_period,
    cpu_quota,
  }
  const { pids, ...limits } = await resolveResources(context, asked, await context.conf(), warnings)
  refuseLeafWeights(limits)
  const groups = Object.entries(limits).filter(([, values]) => Object.keys(values ?? {}).length > 0)
  return { ...Object.fromEntries(groups), ...(resource_limits?.pids?.limit && pids ? { pids } : {}) }
}

/** They weigh a group's own processes, of which a pod's group has none. @throws EngineError `NotSupported` */
function refuseLeafWeights({ blockIO }: Resources): void {
  const weights = [blockIO?.leafWeight, ...(blockIO?.weightDevice ?? []).map(({ leafWeight }) => leafWeight)]
  if (weights.every((weight) => weight === undefined || weight === null)) return
  const message = 'The field leafWeight of a pod is refused: its control group has no processes of its own; use weight.'
  throw new EngineError('NotSupported', message, { details: { field: 'leafWeight' } })
}
