import type { PodSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'

/** Fields that apply only to the infra container, with the names that podman gives them. */
const ofInfra = {
  infra_name: 'InfraName',
  infra_command: 'InfraCommand',
  infra_image: 'InfraImage',
  infra_conmon_pid_file: 'InfraConmonPidFile',
  Networks: 'Networks',
  dns_server: 'DNSServer',
  dns_search: 'DNSSearch',
  dns_option: 'DNSOption',
  hostadd: 'HostAdd',
  hosts_file: 'HostsFile',
  sysctl: 'Sysctl',
  no_manage_hosts: 'NoManageHosts',
  no_manage_resolv_conf: 'NoManageResolvConf',
} as const satisfies Partial<Record<keyof PodSpec, string>>

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
  if (!['', 'default', 'host'].includes(userns)) throw exclusive('userns', 'Userns')
  for (const [field, shown] of Object.entries(ofInfra))
    if (isGiven(spec[field as keyof typeof ofInfra])) throw exclusive(field, shown)
  if ((spec.portmappings ?? []).length > 0)
    throw refused('portmappings', 'A pod without an infra container cannot publish ports; leave --infra=false or --publish out.')
}

function exclusive(field: string, shown: string): EngineError {
  return refused(field, `NoInfra and ${shown} are mutually exclusive pod options: leave one of them out`)
}

function refused(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
