import path from 'node:path'

import type { PodSpec } from '../../contract/index.ts'
import { parsePairs } from '../../spec/pair.ts'
import { parsePort } from '../../spec/port.ts'
import { parseRestartPolicy } from '../../spec/restart-policy.ts'
import { bool, text, texts, textOr, type Values, words } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { nameServers, parseMounts, parseShmSize, parseSystemdSize } from './build-spec.ts'
import { limitFlags, moreLimitFlags } from './flags.ts'
import { parseDeviceLimits, parseLimits } from './limits.ts'
import { parseNamespace, parseNetworks } from './networks.ts'
import { readLabels } from './pairs.ts'
import { parseUserNamespace } from './user-namespace.ts'

const { 'cpu-rt-period': _period, 'cpu-rt-runtime': _runtime, ...groupLimits } = limitFlags

/** Flags of `pod create` and `pod clone`. */
export const podCommonFlags = {
  ...groupLimits,
  ...moreLimitFlags,
  'cgroup-parent': text('', 'Set parent cgroup for all containers in the pod'),
  device: texts('', 'Add a host device to every container of the pod'),
  gpus: words('', "GPU devices to add to every container of the pod ('all' to pass all GPUs)"),
  gidmap: words('', 'GID map to use for the user namespace'),
  hostname: text('h', 'Set a hostname to the pod'),
  'infra-command': text('', 'Overwrite the default ENTRYPOINT of the infra container'),
  'infra-conmon-pidfile': text('', 'Path to the file that will receive the PID of the infra container’s conmon'),
  'infra-name': text('', 'Assign a name to the infra container'),
  label: texts('l', 'Set metadata on pod'),
  'label-file': texts('', 'Read in a line delimited file of labels'),
  name: text('n', 'Assign a name to the pod'),
  pid: text('', 'PID namespace to use'),
  restart: text('', 'Restart policy to apply when a container exits'),
  'security-opt': texts('', 'Security Options'),
  'shm-size': text('', 'Size of /dev/shm (format: <number>[<unit>])', { value: '<number>[<unit>]' }),
  'shm-size-systemd': text('', 'Size of systemd specific tmpfs mounts (/run, /run/lock) (format: <number>[<unit>])', {
    value: '<number>[<unit>]',
  }),
  subgidname: text('', 'Name of range listed in /etc/subgid for use in user namespace'),
  subuidname: text('', 'Name of range listed in /etc/subuid for use in user namespace'),
  sysctl: words('', 'Sysctl options'),
  uidmap: words('', 'UID map to use for the user namespace'),
  userns: text('', 'User namespace to use'),
  uts: text('', 'UTS namespace to use'),
  volume: texts('v', 'Bind mount a volume into the pod'),
  'volumes-from': texts('', 'Mount volumes from the specified container(s) into every container of the pod'),
}

const usualShare = 'ipc,net,uts'

/** Flags of `pod create`. */
export const podFlags = {
  ...podCommonFlags,
  'add-host': words('', 'Add a custom host-to-IP mapping (host:ip)'),
  dns: words('', 'Set custom DNS servers'),
  'dns-option': words('', 'Set custom DNS options'),
  'dns-search': words('', 'Set custom DNS search domains'),
  'exit-policy': text('', 'Behaviour when the last container exits (default "continue", or what containers.conf says)', {
    choices: ['continue', 'stop'],
    refusal: 'running pod create option: invalid pod exit policy: "{value}"',
  }),
  'hosts-file': text('', 'Base file to create the /etc/hosts file of the pod, or one of the special values. ("image"|"none")'),
  infra: bool('', 'Create an infra container associated with the pod to share namespaces with', true),
  'infra-image': text('', 'Image to use to override builtin infra container'),
  ip: text('', 'Specify a static IPv4 address for the pod'),
  ip6: text('', 'Specify a static IPv6 address for the pod'),
  'mac-address': text('', 'Pod MAC address (e.g. 92:d0:c6:0a:29:33)'),
  network: texts('', 'Connect the pod to a network', { aliases: ['net'] }),
  'network-alias': words('', 'Add network-scoped alias for the pod'),
  'no-hostname': bool('', 'Do not create /etc/hostname within the containers, instead use the version from the image'),
  'no-hosts': bool('', 'Do not create /etc/hosts within the pod, instead use the version from the image'),
  'pod-id-file': text('', 'Write the pod ID to the file'),
  publish: words('p', "Publish a container's port, or a range of ports, to the host"),
  replace: bool('', 'If a pod with the same name exists, replace it'),
  share: textOr('', 'A comma delimited list of kernel namespaces the pod will share; +NAME adds to the default', usualShare),
  'share-parent': bool('', "Set the pod's cgroup as the cgroup parent for all containers joining the pod", true),
}

const list = <T>(values: readonly T[]) => (values.length > 0 ? [...values] : undefined)

/** What flags of both commands ask for. @throws UsageError, EngineError `InvalidArgument` */
export async function podCommonSpec(flags: Values<typeof podCommonFlags>): Promise<PodSpec> {
  const { mounts, volumes, overlay_volumes } = parseMounts({ volume: flags.volume, mount: [], tmpfs: [] })
  const { weightDevice, ...throttles } = parseDeviceLimits(flags)
  const labels = await readLabels(flags['label-file'], flags.label)
  return {
    hostname: flags.hostname,
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    infra_name: flags['infra-name'],
    infra_command: flags['infra-command']?.split(' ').filter(Boolean),
    infra_conmon_pid_file: flags['infra-conmon-pidfile'] === undefined ? undefined : path.resolve(flags['infra-conmon-pidfile']),
    ...podRestart(flags.restart),
    ...parseUserNamespace(flags),
    pidns: flags.pid === undefined ? undefined : parseNamespace(flags.pid),
    utsns: flags.uts === undefined ? undefined : parseNamespace(flags.uts),
    cgroup_parent: flags['cgroup-parent'],
    resource_limits: parseLimits(flags),
    weightDevice,
    throttleReadBpsDevice: throttles.throttleReadBpsDevice,
    throttleWriteBpsDevice: throttles.throttleWriteBpsDevice,
    throttleReadIOPSDevice: throttles.throttleReadIOPSDevice,
    throttleWriteIOPSDevice: throttles.throttleWriteIOPSDevice,
    pod_devices: list([...flags.device, ...flags.gpus.map((gpu) => `nvidia.com/gpu=${gpu}`)]),
    security_opt: list(flags['security-opt']),
    sysctl: flags.sysctl.length > 0 ? parsePairs(flags.sysctl, 'sysctl') : undefined,
    mounts: list(mounts),
    volumes: list(volumes),
    overlay_volumes: list(overlay_volumes),
    volumes_from: list(flags['volumes-from']),
    shm_size: parseShmSize(flags['shm-size']),
    shm_size_systemd: parseSystemdSize(flags['shm-size-systemd']),
  }
}

/** A pod's specification. @throws UsageError, EngineError `InvalidArgument` */
export async function podSpec(flags: Values<typeof podFlags>): Promise<PodSpec> {
  if (!flags.infra) refuseOfInfra(flags)
  if (flags['no-hosts'] && flags['add-host'].length > 0) throw new UsageError('--no-hosts and --add-host cannot be set together')
  if (flags['no-hosts'] && flags['hosts-file'] !== undefined)
    throw new UsageError('--no-hosts and --hosts-file cannot be set together')
  return {
    ...(await podCommonSpec(flags)),
    no_infra: !flags.infra || undefined,
    infra_image: flags['infra-image'],
    shared_namespaces: flags.infra || isGiven(flags.share) ? sharedNames(flags.share) : undefined,
    share_parent: flags['share-parent'] ? undefined : false,
    exit_policy: flags['exit-policy'],
    portmappings: list(flags.publish.map(parsePort)),
    ...(flags.infra ? parseNetworks(flags) : {}),
    ...podServers(flags.dns),
    dns_search: list(flags['dns-search']),
    dns_option: list(flags['dns-option']),
    hostadd: list(flags['add-host']),
    hosts_file: hostsFile(flags['hosts-file']),
    no_manage_hosts: flags['no-hosts'] || undefined,
    no_manage_hostname: flags['no-hostname'] || undefined,
  }
}

const isGiven = (share: string): boolean => share !== usualShare

/** What only an infra container could have. @throws UsageError */
function refuseOfInfra(flags: Values<typeof podFlags>): void {
  if (isGiven(flags.share) && sharedNames(flags.share).some((name) => name !== 'none'))
    throw new UsageError(`cannot set share(${flags.share}) namespaces without an infra container`)
  if (flags.publish.length > 0) throw new UsageError('you must have an infra container to publish port bindings to the host')
  if (flags['no-hosts']) throw new UsageError('cannot specify --no-hosts without an infra container')
  if (flags['mac-address'] !== undefined) throw new UsageError('cannot set --mac without infra container: invalid argument')
  if (flags.ip !== undefined) throw new UsageError('cannot set --ip without infra container: invalid argument')
  if (flags.network.length > 0) throw new UsageError('NoInfra and network modes cannot be used together')
}

/** `+pid` adds to podman's default; nothing, or `none`, shares nothing. */
function sharedNames(text: string): string[] {
  const names = text.split(',').filter(Boolean)
  if (names.length === 0) return ['none']
  const usual = names.some((name) => name.startsWith('+')) ? ['ipc', 'net', 'uts'] : []
  return [...new Set([...usual, ...names.map((name) => name.replace(/^\+/, ''))])]
}

function hostsFile(file: string | undefined): string | undefined {
  return file === undefined || file === 'none' || file === 'image' ? file : path.resolve(file)
}

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
