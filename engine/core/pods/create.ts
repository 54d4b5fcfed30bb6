import type { ContainerSpec, Parsed, PodSpec } from '../../contract/index.ts'
import { podFields } from '../../contract/spec-fields/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { checkHostname, checkName } from '../../spec/name.ts'
import { deletePod, insertPod, inventName, type PodConfig, type PodRecord, timestamp } from '../../store/index.ts'
import { createContainer } from '../containers/create.ts'
import { checkFields } from '../containers/resolve/check-fields.ts'
import { resolveMounts } from '../containers/resolve/mounts.ts'
import { podHostname } from '../containers/resolve/resolve-config.ts'
import { resolveRestart } from '../containers/resolve/settings.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { podCgroupParent } from './cgroup.ts'
import { podEvent } from './event.ts'
import { pauseImageName, pauseRootfs } from './pause-rootfs.ts'
import { exitPolicy, sharedNamespaces } from './settings.ts'

/** Creates a pod and, unless `no_infra`, its infra container, which holds what the members share. On failure nothing is left. */
export const create: Verb<'pod.create'> = async (context, { body: spec }: Parsed<'pod.create'>) => {
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
        image: { id: '', name: pauseImageName(), digest: '' },
      })
      warnings.push(...made.warnings)
    } catch (error) {
      await context.database.transaction(() => deletePod(context.database, pod.id))
      throw error
    }
  }
  podEvent(context, pod, 'create')
  return { Id: pod.id, Warnings: warnings }
}

async function describePod(context: Context, spec: PodSpec, warnings: string[]): Promise<PodRecord> {
  warnings.push(...checkFields(podFields, 'pod', spec))
  // Members get them when they are created; errors are reported now.
  const { mounts, volumes, overlay_volumes } = spec
  resolveMounts(context, { mounts, volumes, overlay_volumes }, [], warnings)
  if (spec.name) checkName(spec.name)
  const id = randomId()
  const noInfra = spec.no_infra ?? false
  if (noInfra) refuseWithoutInfra(spec)
  const config: PodConfig = {
    spec,
    hostname: spec.hostname ? checkHostname(spec.hostname) : '',
    labels: spec.labels ?? {},
    infraId: noInfra ? '' : randomId(),
    shared: noInfra ? [] : sharedNamespaces(spec.shared_namespaces),
    exitPolicy: exitPolicy(spec.exit_policy || (await context.conf()).engine.podExitPolicy),
    restart: resolveRestart({ restart_policy: spec.restart_policy, restart_tries: spec.restart_tries }),
    cgroupParent: await podCgroupParent(context, id, spec.cgroup_parent),
    createCommand: spec.pod_create_command ?? [],
  }
  return { id, name: spec.name ?? '', created: timestamp(), config }
}

/** Fields that apply only to the infra container. */
const ofInfra = [
  'infra_name',
  'infra_command',
  'infra_conmon_pid_file',
  'Networks',
  'dns_server',
  'dns_search',
  'dns_option',
  'hostadd',
] as const

function isGiven(value: unknown): boolean {
  return typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : value !== undefined && value !== ''
}

function refuseWithoutInfra(spec: PodSpec): void {
  const shared = (spec.shared_namespaces ?? []).filter((name) => name !== '' && name !== 'none')
  if (shared.length > 0)
    throw new EngineError(
      'InvalidArgument',
      'A pod without an infra container cannot share namespaces; leave --infra=false or --share out.',
      { details: { field: 'shared_namespaces' } },
    )
  const userns = spec.userns?.nsmode ?? ''
  const field =
    userns !== '' && userns !== 'default' && userns !== 'host' ? 'userns' : ofInfra.find((name) => isGiven(spec[name]))
  if (field !== undefined) {
    const message = `A pod without an infra container has nothing that ${field} could be for; leave --infra=false or it out.`
    throw new EngineError('InvalidArgument', message, { details: { field } })
  }
  if ((spec.portmappings ?? []).length > 0)
    throw new EngineError(
      'InvalidArgument',
      'A pod without an infra container cannot publish ports; leave --infra=false or --publish out.',
      { details: { field: 'portmappings' } },
    )
}

/** Its own namespaces are explicit: by default they would be taken from the pod, which is itself. */
function infraSpec(context: Context, spec: PodSpec, pod: PodRecord): ContainerSpec {
  const networks = spec.Networks ?? undefined
  const usual = { nsmode: networks && Object.keys(networks).length > 0 ? ('bridge' as const) : ('private' as const) }
  const requested = spec.netns?.nsmode ? spec.netns : undefined
  return {
    name: spec.infra_name || `${pod.id.slice(0, 12)}-infra`,
    rootfs: pauseRootfs(context),
    // As the entrypoint, since lists show no command for infra containers.
    entrypoint: spec.infra_command ?? ['/catatonit', '-P'],
    command: [],
    hostname: podHostname(pod),
    restart_policy: 'no',
    netns: requested?.nsmode === 'default' || !requested ? usual : requested,
    ipcns: spec.ipcns ?? { nsmode: 'shareable' },
    utsns: spec.utsns ?? { nsmode: 'private' },
    pidns: spec.pidns ?? { nsmode: 'private' },
    Networks: networks,
    portmappings: spec.portmappings,
    dns_server: spec.dns_server,
    dns_search: spec.dns_search,
    dns_option: spec.dns_option,
    hostadd: spec.hostadd,
    shm_size: spec.shm_size,
    userns: spec.userns,
    idmappings: spec.idmappings,
    network_options: spec.network_options,
    conmon_pid_file: spec.infra_conmon_pid_file,
    log_configuration: { driver: 'none' },
  }
}
