import path from 'node:path'

import type { Output } from '../../contract/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import { portBindings } from '../containers/inspection/network.ts'
import type { Verb } from '../verb.ts'
import { locatePod } from './members.ts'
import { stateOf } from './state.ts'

/** A pod in full, as podman's pod inspect shows it. */
export const inspect: Verb<'pod.inspect'> = async (context, { name }) => {
  const { pod, members } = await locatePod(context, name)
  const { config } = pod
  const infra = members.find(({ id }) => id === config.infraId)
  return {
    Id: pod.id,
    Name: pod.name,
    Created: pod.created,
    ...(config.createCommand.length === 0 ? {} : { CreateCommand: config.createCommand }),
    ExitPolicy: config.exitPolicy,
    State: stateOf(members),
    Hostname: config.hostname,
    ...(Object.keys(config.labels).length === 0 ? {} : { Labels: config.labels }),
    CreateCgroup: config.cgroupParent !== '',
    CgroupParent: config.cgroupParent === '' ? '' : path.dirname(config.cgroupParent),
    CgroupPath: config.cgroupParent,
    CreateInfra: config.infraId !== '',
    InfraContainerID: config.infraId,
    ...(infra ? { InfraConfig: infraConfig(infra) } : {}),
    SharedNamespaces: config.shared.length === 0 ? null : config.shared,
    NumContainers: members.length,
    Containers: members.map((member) => ({ Id: member.id, Name: member.name, State: member.state.status })),
    ...(config.restart.name === '' ? {} : { RestartPolicy: config.restart.name }),
    LockNumber: 0,
  }
}

function infraConfig({ config }: ContainerRecord): NonNullable<Output<'pod.inspect'>['InfraConfig']> {
  const { spec, namespaces } = config
  return {
    PortBindings: portBindings(config.ports),
    HostNetwork: namespaces.net.mode === 'host',
    StaticIP: '',
    StaticMAC: '',
    NoManageResolvConf: false,
    DNSServer: spec.dns_server ?? null,
    DNSSearch: spec.dns_search ?? null,
    DNSOption: spec.dns_option ?? null,
    NoManageHostname: false,
    NoManageHosts: false,
    HostAdd: spec.hostadd ?? null,
    HostsFile: '',
    Networks: Object.keys(config.networks),
    NetworkOptions: null,
    pid_ns: namespaces.pid.mode,
    userns: namespaces.user.mode,
    uts_ns: namespaces.uts.mode,
  }
}
