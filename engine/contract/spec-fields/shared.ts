import { done, refused, type SpecFields } from './state.ts'

/** What says nothing when it maps no ids: podman's clients always send it. */
export const idMappings: SpecFields = {
  ...refused(
    'ids are mapped for a whole user alone in this version; leave it out',
    'idmappings.UIDMap',
    'idmappings.GIDMap',
    'idmappings.AutoUserNs',
    'idmappings.AutoUserNsOpts',
  ),
  idmappings: { state: 'done' },
  'idmappings.HostUIDMapping': {
    state: 'refused',
    reason: 'user namespaces of its own are not supported yet; leave --userns out',
    usual: [true],
    offIsGiven: true,
  },
  'idmappings.HostGIDMapping': {
    state: 'refused',
    reason: 'user namespaces of its own are not supported yet; leave --userns out',
    usual: [true],
    offIsGiven: true,
  },
}

/** How each namespace is made. */
export const namespaceFields = (...names: string[]) => done(...names.flatMap((name) => [`${name}.nsmode`, `${name}.value`]))

const throttles = ['throttleReadBpsDevice', 'throttleWriteBpsDevice', 'throttleReadIOPSDevice', 'throttleWriteIOPSDevice']

/** Limits in the OCI runtime specification's form, which containers and pods share. */
export const limits: SpecFields = {
  ...done(
    'resource_limits',
    'resource_limits.memory',
    'resource_limits.memory.limit: memory',
    'resource_limits.memory.reservation: memory-reservation',
    'resource_limits.memory.swap: memory-swap',
    'resource_limits.memory.swappiness: memory-swappiness',
    'resource_limits.memory.disableOOMKiller: oom-kill-disable',
    'resource_limits.cpu',
    'resource_limits.cpu.shares: cpu-shares',
    'resource_limits.cpu.quota: cpu-quota cpus',
    'resource_limits.cpu.period: cpu-period cpus',
    'resource_limits.cpu.cpus: cpuset-cpus',
    'resource_limits.cpu.mems: cpuset-mems',
    'resource_limits.cpu.realtimePeriod: cpu-rt-period',
    'resource_limits.cpu.realtimeRuntime: cpu-rt-runtime',
    'resource_limits.blockIO: blkio-weight',
    'resource_limits.hugepageLimits',
    'resource_limits.rdma',
    'resource_limits.unified',
    'unified: cgroup-conf',
    'weightDevice: blkio-weight-device',
    'throttleReadBpsDevice: device-read-bps',
    'throttleWriteBpsDevice: device-write-bps',
    'throttleReadIOPSDevice: device-read-iops',
    'throttleWriteIOPSDevice: device-write-iops',
    ...['weight', 'leafWeight', 'weightDevice'].map((name) => `resource_limits.blockIO.${name}`),
    ...['major', 'minor', 'weight', 'leafWeight'].map((name) => `resource_limits.blockIO.weightDevice.${name}`),
    ...['weight', 'leafWeight'].map((name) => `weightDevice.*.${name}`),
    'weightDevice.*',
    ...throttles.flatMap((name) => [
      `${name}.*`,
      `${name}.*.rate`,
      `resource_limits.blockIO.${name}`,
      ...['major', 'minor', 'rate'].map((part) => `resource_limits.blockIO.${name}.${part}`),
    ]),
    'resource_limits.hugepageLimits.pageSize',
    'resource_limits.hugepageLimits.limit',
    'resource_limits.rdma.*',
    'resource_limits.rdma.*.hcaHandles',
    'resource_limits.rdma.*.hcaObjects',
    'cpu_period',
    'cpu_quota',
    'resource_limits.pids',
    'resource_limits.pids.limit: pids-limit',
  ),
  ...refused(
    'it cannot be limited in this version; leave it out',
    'resource_limits.memory.kernel',
    'resource_limits.memory.kernelTCP',
    'resource_limits.cpu.burst',
    'resource_limits.cpu.idle',
    'resource_limits.network',
  ),
  ...refused('devices are given by the field devices (--device)', 'resource_limits.devices'),
}
