import type { PodSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** Fields that apply only to the infra container. */
const ofInfra = [
  'infra_name',
  'infra_command',
  'infra_image',
  'infra_conmon_pid_file',
  'Networks',
  'dns_server',
  'dns_search',
  'dns_option',
  'hostadd',
  'hosts_file',
  'sysctl',
  'no_manage_hosts',
  'no_manage_resolv_conf',
] as const

function isGiven(value: unknown): boolean {
  return typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : Boolean(value)
}

/** @throws EngineError `InvalidArgument` for what a pod without an infra container cannot have. */
export function refuseWithoutInfra(spec: PodSpec): void {
  const shared = (spec.shared_namespaces ?? []).filter((name) => name !== '' && name !== 'none')
  if (shared.length > 0)
    throw refused(
      'shared_namespaces',
      'A pod without an infra container cannot share namespaces; leave --infra=false or --share out.',
    )
  const userns = spec.userns?.nsmode ?? ''
  const field =
    userns !== '' && userns !== 'default' && userns !== 'host' ? 'userns' : ofInfra.find((name) => isGiven(spec[name]))
  if (field !== undefined)
    throw refused(
      field,
      `A pod without an infra container has nothing that ${field} could be for; leave --infra=false or it out.`,
    )
  if ((spec.portmappings ?? []).length > 0)
    throw refused('portmappings', 'A pod without an infra container cannot publish ports; leave --infra=false or --publish out.')
}

function refused(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
