import path from 'node:path'

import type { ContainerSpec, Input } from '../../contract/index.ts'
import { inContext } from '../../spec/bad-value.ts'
import { parseDeviceRule } from '../../spec/device-rule.ts'
import { joinMounts, type Mounts, parseTmpfs, parseVolume } from '../../spec/mount.ts'
import { parseMount } from '../../spec/mount-keys.ts'
import { parsePlatform } from '../../spec/platform.ts'
import { parseExposed, parsePort } from '../../spec/port.ts'
import { parseRestartPolicy } from '../../spec/restart-policy.ts'
import { parseSecurity } from '../../spec/security-option.ts'
import { signalNumber } from '../../spec/signal.ts'
import { parseSecret } from '../../spec/secret.ts'
import { parseSize } from '../../spec/size.ts'
import { UsageError } from '../parse/usage-error.ts'
import type { CreateValues } from './flags.ts'
import { expandGlobs } from './glob-mounts.ts'
import { healthFields } from './health.ts'
import { parseCgroupFiles, parseDeviceLimits, parseLimits, parseUlimits } from './limits.ts'
import { parseNetworks, parseOwnNamespace } from './networks.ts'
import { parseSettings, readEnvironment, readLabels } from './pairs.ts'
import { preservedDescriptors } from './preserve.ts'
import { parseUserNamespace } from './user-namespace.ts'

/** What `create` and `run` ask of the engine. @throws UsageError, EngineError `InvalidArgument` */
export async function buildSpec(
  image: string,
  words: readonly string[],
  flags: CreateValues,
  commandLine: readonly string[],
): Promise<Input<'container.create'>['body']> {
  const [env, labels] = await Promise.all([
    readEnvironment(flags['env-file'], flags.env, process.env),
    readLabels(flags['label-file'], flags.label),
  ])
  return compact({
    ...(flags.rootfs ? parseRootfs(image) : { image }),
    command: [...words],
    env,
    labels,
    ...processFields(flags),
    ...lifeFields(flags),
    ...parseNetworks(flags),
    ...networkFields(flags),
    ...hostFields(flags),
    ...parseSecurity(flags['security-opt']),
    ...parseMounts(flags),
    ...secretFields(flags.secret),
    volumes_from: flags['volumes-from'],
    annotations: parseSettings(flags.annotation, 'annotation', 'annotations must be formatted KEY=VALUE'),
    resource_limits: parseLimits(flags),
    ...parseDeviceLimits(flags),
    unified: parseCgroupFiles(flags['cgroup-conf']),
    r_limits: parseUlimits(flags.ulimit),
    ...healthFields(flags),
    containerCreateCommand: [...commandLine],
  })
}

/** Fields whose being empty or off says something. */
const nonDefaultFlags = new Set(['entrypoint', 'httpproxy', 'read_write_tmpfs', 'manage_password'])

/** Without what was not asked for: the engine's own defaults then count. */
function compact(spec: ContainerSpec): ContainerSpec {
  const isEmpty = (value: unknown) =>
    value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return Object.fromEntries(
    Object.entries(spec).filter(([key, value]) => value !== undefined && (nonDefaultFlags.has(key) || !isEmpty(value))),
  )
}

function processFields(flags: CreateValues): ContainerSpec {
  return {
    entrypoint: flags.entrypoint === undefined ? undefined : entrypoint(flags.entrypoint),
    terminal: flags.tty,
    stdin: flags.interactive,
    work_dir: flags.workdir,
    user: flags.user,
    groups: flags['group-add'],
    umask: flags.umask,
    unsetenv: flags.unsetenv,
    unsetenvall: flags['unsetenv-all'],
    env_host: flags['env-host'],
    httpproxy: flags['http-proxy'],
    init_container_type: flags['init-ctr'],
    init: flags.init,
    init_path: flags['init-path'],
    envmerge: flags['env-merge'],
    manage_password: flags.passwd ? undefined : false,
    passwd_entry: flags['passwd-entry'],
    group_entry: flags['group-entry'],
    hostusers: flags.hostuser,
    timezone: flags.tz,
    personality: flags.personality === undefined ? undefined : { domain: flags.personality },
    chroot_directories: flags.chrootdirs.flatMap((each) => each.split(',')),
    cap_add: flags['cap-add'],
    cap_drop: flags['cap-drop'],
    privileged: flags.privileged,
    seccomp_policy: flags['seccomp-policy'],
    read_only_filesystem: flags['read-only'],
    read_write_tmpfs: flags['read-only'] ? flags['read-only-tmpfs'] : undefined,
    preserve_fd: preservedDescriptors({ 'preserve-fd': flags['preserve-fd'] ?? [], 'preserve-fds': flags['preserve-fds'] }),
  }
}

function lifeFields(flags: CreateValues): ContainerSpec {
  if (flags.platform !== undefined && (flags.arch !== undefined || flags.os !== undefined))
    throw new UsageError('--platform option can not be specified with --arch or --os')
  const platform = parsePlatform(flags.platform ?? '')
  return {
    name: flags.name,
    pod: flags.pod,
    remove: flags.rm || flags.rmi,
    removeImage: flags.rmi,
    ...restart(flags),
    stop_signal: flags['stop-signal'] === undefined ? undefined : signalNumber(flags['stop-signal']),
    stop_timeout: flags['stop-timeout'],
    timeout: flags.timeout,
    systemd: flags.systemd,
    sdnotifyMode: flags.sdnotify,
    log_configuration: logging(flags),
    dependencyContainers: flags.requires,
    conmon_pid_file: absolute(flags['conmon-pidfile']),
    pid_file: absolute(flags.pidfile),
    cidfile: absolute(flags.cidfile),
    image_volume_mode: flags['image-volume'],
    image_os: platform.os ?? flags.os,
    image_arch: platform.arch ?? flags.arch,
    image_variant: platform.variant ?? flags.variant,
  }
}

function networkFields(flags: CreateValues): ContainerSpec {
  return {
    hostname: flags.hostname,
    portmappings: flags.publish.map(parsePort),
    publish_image_ports: flags['publish-all'],
    expose: parseExpose(flags.expose),
    hostadd: flags['add-host'],
    base_hosts_file: flags['hosts-file'],
    use_image_hosts: flags['no-hosts'],
    use_image_hostname: flags['no-hostname'],
    ...nameServers(flags.dns),
    dns_search: flags['dns-search'],
    dns_option: flags['dns-option'],
  }
}

function hostFields(flags: CreateValues): ContainerSpec {
  const namespace = (text: string | undefined) => (text === undefined ? undefined : parseOwnNamespace(text))
  return {
    pidns: namespace(flags.pid),
    ipcns: namespace(flags.ipc),
    utsns: namespace(flags.uts),
    ...parseUserNamespace(flags),
    cgroupns: namespace(flags.cgroupns),
    cgroup_parent: flags['cgroup-parent'],
    cgroups_mode: flags.cgroups === 'enabled' ? undefined : flags.cgroups,
    devices: [...flags.device, ...flags.gpus.map((gpu) => `nvidia.com/gpu=${gpu}`)].map((device) => ({ path: device })),
    device_cgroup_rule: flags['device-cgroup-rule'].map(parseDeviceRule),
    intelRdt: flags['rdt-class'] ? { closID: flags['rdt-class'] } : undefined,
    shm_size: parseShmSize(flags['shm-size']),
    shm_size_systemd: parseSystemdSize(flags['shm-size-systemd']),
    sysctl: parseSettings(flags.sysctl, 'sysctl', '{entry} is invalid, sysctl values must be in the form of KEY=VALUE'),
    oom_score_adj: flags['oom-score-adj'],
  }
}

/** What `-v`, `--mount` and `--tmpfs` ask for; what is relative is relative to the caller. @throws EngineError `InvalidArgument` */
export function parseMounts(flags: Record<'volume' | 'mount' | 'tmpfs', readonly string[]>): Required<Mounts> {
  const here = (file: string) => path.resolve(file)
  return joinMounts([
    ...flags.volume.map((text) => parseVolume(text, here)),
    ...flags.mount.map((text) => expandGlobs(parseMount(text, here))),
    ...lastOfPlace(flags.tmpfs).map(parseTmpfs),
  ])
}

/** Of two `--tmpfs` of one place the last one counts. */
function lastOfPlace(tmpfs: readonly string[]): string[] {
  return [...new Map(tmpfs.map((text) => [text.split(':', 1)[0], text])).values()]
}

/** @throws EngineError `InvalidArgument`, with podman's message */
function secretFields(given: readonly string[]): Pick<ContainerSpec, 'secrets' | 'secret_env'> {
  const all = given.filter((text) => text !== '').map(parseSecret)
  return {
    secrets: all.flatMap((each) => ('file' in each ? [{ ...each.file }] : [])),
    secret_env: Object.fromEntries(all.flatMap((each) => ('file' in each ? [] : [[each.variable, each.secret]]))),
  }
}

/** `--expose 80/tcp`, `--expose 8000-8010`: port → protocol. */
function parseExpose(exposed: readonly string[]): Record<string, string> {
  const ports = exposed
    .map(parseExposed)
    .flatMap(({ first, length, protocol }) => Array.from({ length }, (_, index) => [String(first + index), protocol] as const))
  return Object.fromEntries(ports)
}

/** The size of /dev/shm. @throws EngineError `InvalidArgument`, with podman's message */
export function parseShmSize(text: string | undefined): number | undefined {
  return text === undefined ? undefined : inContext('unable to translate --shm-size', () => parseSize(text))
}

/** @throws EngineError `InvalidArgument`, with podman's message */
export function parseSystemdSize(text: string | undefined): number | undefined {
  return text === undefined ? undefined : inContext('unable to translate --shm-size-systemd', () => parseSize(text))
}

/** What is relative is relative to the caller. */
function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : path.resolve(file)
}

/** `none` leaves /etc/resolv.conf to the image. @throws UsageError */
export function nameServers(servers: readonly string[]): Pick<ContainerSpec, 'dns_server' | 'use_image_resolve_conf'> {
  if (!servers.includes('none')) return { dns_server: [...servers] }
  if (servers.length > 1) throw new UsageError('none is not allowed to be specified with other DNS ip addresses')
  return { use_image_resolve_conf: true }
}

/** A JSON list of words, or one word. */
function entrypoint(text: string): string[] {
  try {
    const words: unknown = JSON.parse(text)
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  } catch {
    // One word, then.
  }
  return [text]
}

/** `FOLDER`, or `FOLDER:O` and `FOLDER:idmap[=…]`. What is relative is relative to the caller. @throws UsageError */
function parseRootfs(text: string): ContainerSpec {
  const [, folder = text, options] = /^(.+):((?:O|idmap(?:=.*)?)(?:,(?:O|idmap(?:=.*)?))*)$/s.exec(text) ?? []
  const given = options?.split(',') ?? []
  const idmap = given.find((each) => each.startsWith('idmap'))
  return {
    rootfs: options === undefined ? text : folder,
    ...(given.includes('O') ? { rootfs_overlay: true } : {}),
    ...(idmap === undefined ? {} : { rootfs_mapping: idmap.slice('idmap'.length).replace(/^=/, '') }),
  }
}

function restart({ restart, rm, rmi }: CreateValues): ContainerSpec {
  if (restart === undefined) return {}
  // Before what is wrong in the policy itself, as podman does.
  if ((rm || rmi) && restart !== '' && restart !== 'no')
    throw new UsageError('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"')
  const { name, maximumRetries } = parseRestartPolicy(restart)
  return { restart_policy: name, ...(restart.includes(':') ? { restart_tries: maximumRetries } : {}) }
}

function logging(flags: CreateValues): ContainerSpec['log_configuration'] {
  if (flags['log-driver'] === undefined && flags['log-opt'].length === 0) return undefined
  const { path, 'max-size': size, ...options } = parseSettings(flags['log-opt'], 'log option', 'invalid log option "{entry}"')
  return {
    ...(flags['log-driver'] === undefined ? {} : { driver: flags['log-driver'] }),
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: parseSize(size, 1000) }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}
