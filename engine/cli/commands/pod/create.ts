import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { PodSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { parsePort } from '../../../spec/port.ts'
import { parseRestartPolicy } from '../../../spec/restart-policy.ts'
import { command } from '../../command.ts'
import { bool, number, text, texts, textOr, type Values, words } from '../../parse/flags.ts'
import { nameServers, parseMounts, parseShmSize } from '../../spec/build-spec.ts'
import { parseLimits } from '../../spec/limits.ts'
import { parseNamespace, parseNetworks } from '../../spec/networks.ts'
import { readLabels } from '../../spec/pairs.ts'
import { parseUserNamespace } from '../../spec/user-namespace.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print, printError } from '../../output/print.ts'

const podFlags = {
  'add-host': words('', 'Add a custom host-to-IP mapping (host:ip)'),
  'cgroup-parent': text('', 'Set parent cgroup for all containers in the pod'),
  cpus: text('', 'Set amount of CPUs for the pod', { value: 'float' }),
  'cpu-shares': number('c', 'CPU shares (relative weight)', { value: 'uint' }),
  'cpuset-cpus': text('', 'CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('', 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)'),
  dns: words('', 'Set custom DNS servers'),
  'dns-option': words('', 'Set custom DNS options'),
  'dns-search': words('', 'Set custom DNS search domains'),
  'exit-policy': textOr('', 'Behaviour when the last container exits', 'continue', { choices: ['continue', 'stop'] }),
  hostname: text('h', 'Set a hostname to the pod'),
  infra: bool('', 'Create an infra container associated with the pod to share namespaces with', true),
  'infra-conmon-pidfile': text('', 'Path to the file that will receive the PID of the infra container’s conmon'),
  'infra-command': text('', 'Overwrite the default ENTRYPOINT of the infra container'),
  'infra-image': text('', 'Image to use to override builtin infra container'),
  'infra-name': text('', 'Assign a name to the infra container'),
  ip: text('', 'Specify a static IPv4 address for the pod'),
  ip6: text('', 'Specify a static IPv6 address for the pod'),
  label: texts('l', 'Set metadata on pod'),
  'label-file': texts('', 'Read in a line delimited file of labels'),
  'mac-address': text('', 'Pod MAC address (e.g. 92:d0:c6:0a:29:33)'),
  memory: text('m', 'Memory limit (format: <number>[<unit>], where unit = b, k, m, or g)', { value: '<number>[<unit>]' }),
  'memory-swap': text('', "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
  name: text('n', 'Assign a name to the pod'),
  network: texts('', 'Connect the pod to a network', { aliases: ['net'] }),
  'network-alias': words('', 'Add network-scoped alias for the pod'),
  pid: text('', 'PID namespace to use'),
  'pod-id-file': text('', 'Write the pod ID to the file'),
  publish: words('p', "Publish a container's port, or a range of ports, to the host"),
  replace: bool('', 'If a pod with the same name exists, replace it'),
  restart: text('', 'Restart policy to apply when a container exits'),
  share: textOr('', 'A comma delimited list of kernel namespaces the pod will share', 'ipc,net,uts'),
  'shm-size': text('', 'Size of /dev/shm (format: <number>[<unit>])', { value: '<number>[<unit>]' }),
  gidmap: words('', 'GID map to use for the user namespace'),
  subgidname: text('', 'Name of range listed in /etc/subgid for use in user namespace'),
  subuidname: text('', 'Name of range listed in /etc/subuid for use in user namespace'),
  uidmap: words('', 'UID map to use for the user namespace'),
  userns: text('', 'User namespace to use'),
  uts: text('', 'UTS namespace to use'),
  volume: texts('v', 'Bind mount a volume into the pod'),
}

export const podCreate = command({
  summary: 'Create a new empty pod',
  description: 'Creates a pod: containers that share namespaces, and what is published of them. The pod ID is then printed.',
  usage: '[NAME]',
  examples: ['berth pod create --name shop --publish 8080:80', 'berth pod create --infra=false'],
  notYet:
    'blkio-weight blkio-weight-device device device-read-bps device-write-bps gpus hosts-file no-hostname no-hosts security-opt share-parent shm-size-systemd sysctl volumes-from',
  flags: podFlags,
  args: { max: 1 },
  async run({ args: [positional], flags, engine, commandLine }) {
    const name = flags.name ?? positional
    if (!flags.infra && (flags.publish.length > 0 || flags.network.length > 0))
      throw new UsageError('cannot set network options or publish ports without an infra container')
    const api = await engine()
    if (flags.replace) {
      if (name === undefined) throw new UsageError('cannot replace pod without --name being set')
      await api['pod.remove']({ name, force: true }).catch((error: unknown) => {
        if (!EngineError.is(error, 'PodNotFound', 'NotFound')) throw error
      })
    }
    const { Id, Warnings } = await api['pod.create']({
      body: { ...(await podSpec(flags)), name, pod_create_command: [...commandLine] },
    })
    for (const warning of Warnings ?? []) printError(`WARNING: ${warning}\n`)
    if (flags['pod-id-file'] !== undefined) await writeFile(flags['pod-id-file'], Id)
    print(`${Id}\n`)
  },
})

/** libpod has another field for pods than for containers. */
function podServers(servers: readonly string[]): PodSpec {
  const { dns_server, use_image_resolve_conf } = nameServers(servers)
  return use_image_resolve_conf ? { no_manage_resolv_conf: true } : servers.length > 0 ? { dns_server } : {}
}

/** The policy of its members. @throws EngineError `InvalidArgument` */
function podRestart(text: string | undefined): PodSpec {
  if (text === undefined) return {}
  const { name, maximumRetries } = parseRestartPolicy(text)
  return { restart_policy: name, ...(maximumRetries > 0 ? { restart_tries: maximumRetries } : {}) }
}

/** A pod's specification. @throws UsageError, EngineError `InvalidArgument` */
async function podSpec(flags: Values<typeof podFlags>): Promise<PodSpec> {
  const { mounts, volumes, overlay_volumes } = parseMounts({ volume: flags.volume, mount: [], tmpfs: [] })
  const limits = parseLimits({
    ...flags,
    'cpu-period': undefined,
    'cpu-quota': undefined,
    'memory-reservation': undefined,
    'memory-swappiness': undefined,
    'pids-limit': undefined,
  })
  const labels = await readLabels(flags['label-file'], flags.label)
  const list = <T>(values: readonly T[]) => (values.length > 0 ? [...values] : undefined)
  return {
    hostname: flags.hostname,
    labels,
    no_infra: !flags.infra || undefined,
    infra_name: flags['infra-name'],
    infra_image: flags['infra-image'],
    infra_command: flags['infra-command']?.split(' '),
    infra_conmon_pid_file: flags['infra-conmon-pidfile'] === undefined ? undefined : path.resolve(flags['infra-conmon-pidfile']),
    shared_namespaces: flags.infra ? flags.share.split(',').filter((each) => each !== '') : undefined,
    exit_policy: flags['exit-policy'],
    ...podRestart(flags.restart),
    portmappings: list(flags.publish.map(parsePort)),
    ...(flags.infra ? parseNetworks(flags) : {}),
    ...parseUserNamespace(flags),
    pidns: flags.pid === undefined ? undefined : parseNamespace(flags.pid),
    utsns: flags.uts === undefined ? undefined : parseNamespace(flags.uts),
    ...podServers(flags.dns),
    dns_search: list(flags['dns-search']),
    dns_option: list(flags['dns-option']),
    hostadd: list(flags['add-host']),
    cgroup_parent: flags['cgroup-parent'],
    resource_limits: limits,
    mounts: list(mounts),
    volumes: list(volumes),
    overlay_volumes: list(overlay_volumes),
    shm_size: parseShmSize(flags['shm-size']),
  }
}
