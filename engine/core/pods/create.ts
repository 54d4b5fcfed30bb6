import type { ContainerSpec, Parsed, PodSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { checkName, deletePod, insertPod, inventName, type PodConfig, type PodRecord, timestamp } from '../../store/index.ts'
import { createContainer } from '../containers/create.ts'
import { resolveRestart } from '../containers/resolve/settings.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verbs.ts'
import { podCgroupParent } from './cgroup.ts'
import { podEvent } from './event.ts'
import { pauseImageName, pauseRootfs } from './pause-rootfs.ts'
import { exitPolicy, sharedNamespaces } from './settings.ts'

/** Creates a pod and, unless told not to, its infra container, which holds what the members share. On failure nothing is left. */
export const create: Verb<'pod.create'> = async (context, { body: spec }: Parsed<'pod.create'>) => {
  const pod = await describePod(context, spec)
  await context.database.transaction(() => {
    pod.name ||= inventName(context.database)
    insertPod(context.database, pod)
  })
  const { infraId } = pod.config
  if (infraId !== '') {
    try {
      await createContainer(context, infraSpec(context, spec, pod), {
        id: infraId,
        isInfra: true,
        podId: pod.id,
        image: { id: '', name: pauseImageName(), digest: '' },
      })
    } catch (error) {
      await context.database.transaction(() => deletePod(context.database, pod.id))
      throw error
    }
  }
  podEvent(context, pod, 'create')
  return { Id: pod.id }
}

async function describePod(context: Context, spec: PodSpec): Promise<PodRecord> {
  if (spec.name) checkName(spec.name)
  const limits = Object.values(spec.resource_limits ?? {})
  if (limits.some((part) => Object.keys((part as object | null) ?? {}).length > 0))
    throw new EngineError('NotSupported', 'Limits of a whole pod are not supported yet; set them on its containers.', {
      details: { field: 'resource_limits' },
    })
  const id = randomId()
  const noInfra = spec.no_infra ?? false
  if (noInfra) refuseWithoutInfra(spec)
  const config: PodConfig = {
    spec,
    hostname: spec.hostname ?? '',
    labels: spec.labels ?? {},
    infraId: noInfra ? '' : randomId(),
    shared: noInfra ? [] : sharedNamespaces(spec.shared_namespaces),
    exitPolicy: exitPolicy(spec.exit_policy),
    restart: resolveRestart({ restart_policy: spec.restart_policy, restart_tries: spec.restart_tries }),
    cgroupParent: await podCgroupParent(context, id, spec.cgroup_parent),
    createCommand: spec.podCreateCommand ?? [],
  }
  return { id, name: spec.name ?? '', created: timestamp(), config }
}

function refuseWithoutInfra(spec: PodSpec): void {
  const shared = (spec.shared_namespaces ?? []).filter((name) => name !== '' && name !== 'none')
  if (shared.length > 0)
    throw new EngineError(
      'InvalidArgument',
      'A pod without an infra container cannot share namespaces; leave --infra=false or --share out.',
      { details: { field: 'shared_namespaces' } },
    )
  if ((spec.portmappings ?? []).length > 0)
    throw new EngineError(
      'InvalidArgument',
      'A pod without an infra container cannot publish ports; leave --infra=false or --publish out.',
      { details: { field: 'portmappings' } },
    )
}

/** Its own namespaces are spelt out: left open they would be taken from the pod, which is itself. */
function infraSpec(context: Context, spec: PodSpec, pod: PodRecord): ContainerSpec {
  const networks = spec.Networks ?? undefined
  const usual = { nsmode: networks && Object.keys(networks).length > 0 ? ('bridge' as const) : ('private' as const) }
  const wished = spec.netns?.nsmode ? spec.netns : undefined
  return {
    name: spec.infra_name || `${pod.id.slice(0, 12)}-infra`,
    rootfs: pauseRootfs(context),
    // As the entrypoint, since lists show no command for infra containers.
    entrypoint: spec.infra_command ?? ['/catatonit', '-P'],
    command: [],
    hostname: spec.hostname || pod.name,
    restart_policy: 'no',
    netns: wished?.nsmode === 'default' || !wished ? usual : wished,
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
    log_configuration: { driver: 'none' },
  }
}
