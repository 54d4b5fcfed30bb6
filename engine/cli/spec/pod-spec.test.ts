import { expect, test } from 'vitest'

import { parseFlags } from '../parse/parse-flags.ts'
import { podFlags, podSpec } from './pod-spec.ts'

async function specOf(line: string): Promise<Record<string, unknown>> {
  const { values } = parseFlags(podFlags, line.split(' ').filter(Boolean), { program: 'pod create' })
  const spec = await podSpec(values as never)
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined))
}

const usual = { shared_namespaces: ['ipc', 'net', 'uts'] }

test.each<[string, object]>([
  ['', {}],
  ['--memory 64m --memory-swap 128m', { resource_limits: { memory: { limit: 67108864, swap: 134217728 } } }],
  ['--cpus 0.5 --cpu-shares 512', { resource_limits: { cpu: { quota: 50000, period: 100000, shares: 512 } } }],
  ['--cpuset-cpus 0 --cpuset-mems 0 --pids-limit 9', { resource_limits: { cpu: { cpus: '0', mems: '0' }, pids: { limit: 9 } } }],
  ['--blkio-weight 100', { resource_limits: { blockIO: { weight: 100 } } }],
  ['--blkio-weight-device /dev/vda:100', { weightDevice: { '/dev/vda': { weight: 100 } } }],
  ['--device-read-bps /dev/vda:1mb', { throttleReadBpsDevice: { '/dev/vda': { rate: 1048576 } } }],
  ['--device-write-bps /dev/vda:1mb', { throttleWriteBpsDevice: { '/dev/vda': { rate: 1048576 } } }],
  ['--device /dev/fuse --gpus all', { pod_devices: ['/dev/fuse', 'nvidia.com/gpu=all'] }],
  ['--security-opt label=disable --sysctl a.b=1', { security_opt: ['label=disable'], sysctl: { 'a.b': '1' } }],
  [
    '--volumes-from other --shm-size 1m --shm-size-systemd 2m',
    { volumes_from: ['other'], shm_size: 1048576, shm_size_systemd: 2097152 },
  ],
  ['--share +pid', { shared_namespaces: ['ipc', 'net', 'uts', 'pid'] }],
  ['--share cgroup --share-parent=false', { shared_namespaces: ['cgroup'], share_parent: false }],
  ['--share=', { shared_namespaces: ['none'] }],
  ['--no-hosts --no-hostname --dns none', { no_manage_hosts: true, no_manage_hostname: true, no_manage_resolv_conf: true }],
  ['--hosts-file image --add-host a:1.2.3.4', { hosts_file: 'image', hostadd: ['a:1.2.3.4'] }],
  ['--dns 9.9.9.9 --dns-search a --dns-option b', { dns_server: ['9.9.9.9'], dns_search: ['a'], dns_option: ['b'] }],
  ['--restart on-failure:3 --exit-policy stop', { restart_policy: 'on-failure', restart_tries: 3, exit_policy: 'stop' }],
  ['--infra-image i --infra-name n --infra-command=/x', { infra_image: 'i', infra_name: 'n', infra_command: ['/x'] }],
  ['--uts host --pid host --hostname h', { utsns: { nsmode: 'host' }, pidns: { nsmode: 'host' }, hostname: 'h' }],
  ['--userns keep-id', { userns: { nsmode: 'keep-id' } }],
  ['--cgroup-parent /x --label a=b', { cgroup_parent: '/x', labels: { a: 'b' } }],
  ['--ip 10.0.0.9', { Networks: { default: { static_ips: ['10.0.0.9'] } } }],
])('%s', async (line, expected) => {
  expect(await specOf(line)).toEqual({ ...usual, ...expected })
})

test('what contradicts itself is refused', async () => {
  await expect(specOf('--no-hosts --add-host a:1.1.1.1')).rejects.toThrow('--no-hosts and --add-host cannot be set together')
  await expect(specOf('--no-hosts --hosts-file none')).rejects.toThrow('--no-hosts and --hosts-file cannot be set together')
  await expect(specOf('--infra=false -p 80')).rejects.toThrow('you must have an infra container to publish port bindings')
  await expect(specOf('--infra=false --share ipc,net')).rejects.toThrow('cannot set share(ipc,net) namespaces without an infra')
  await expect(specOf('--infra=false --no-hosts')).rejects.toThrow('cannot specify --no-hosts without an infra container')
})
