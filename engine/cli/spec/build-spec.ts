import { constants } from 'node:os'

import type { ContainerSpec, Input } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'
import type { CreateValues } from './flags.ts'
import { parseLimits, parseUlimits } from './limits.ts'
import { parseMounts } from './mounts.ts'
import { parseNamespace, parseNetworks } from './networks.ts'
import { parsePairs, readEnvironment, readLabels } from './pairs.ts'
import { parseExpose, parsePort } from './ports.ts'
import { parseSecurity } from './security.ts'
import { parseNanoseconds, parseSize } from './sizes.ts'

/** What `create` and `run` ask of the engine. @throws UsageError */
export async function buildSpec(
  image: string,
  words: readonly string[],
  flags: CreateValues,
  commandLine: readonly string[],
): Promise<Input<'container.create'>['body']> {
  const { mounts, volumes } = parseMounts(flags)
  const [env, labels] = await Promise.all([
    readEnvironment(flags['env-file'], flags.env, process.env),
    readLabels(flags['label-file'], flags.label),
  ])
  return compact({
    ...(flags.rootfs ? { rootfs: image } : { image }),
    command: [...words],
    env,
    labels,
    ...processFields(flags),
    ...lifeFields(flags),
    ...parseNetworks(flags),
    ...networkFields(flags),
    ...hostFields(flags),
    ...parseSecurity(flags['security-opt']),
    mounts,
    volumes,
    annotations: parsePairs(flags.annotation, 'annotation'),
    resource_limits: parseLimits(flags),
    r_limits: parseUlimits(flags.ulimit),
    healthconfig: health(flags),
    health_check_on_failure_action: { none: 0, kill: 1, restart: 2, stop: 3 }[flags['health-on-failure'] ?? 'none'] || undefined,
    containerCreateCommand: [...commandLine],
  })
}

/** Fields whose being empty or off says something. */
const telling = new Set(['entrypoint', 'httpproxy', 'read_write_tmpfs'])

/** Without what was not asked for: the engine's own defaults then count. */
function compact(spec: ContainerSpec): ContainerSpec {
  const isEmpty = (value: unknown) =>
    value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return Object.fromEntries(
    Object.entries(spec).filter(([key, value]) => value !== undefined && (telling.has(key) || !isEmpty(value))),
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
    init: flags.init,
    cap_add: flags['cap-add'],
    cap_drop: flags['cap-drop'],
    privileged: flags.privileged,
    read_only_filesystem: flags['read-only'],
    read_write_tmpfs: flags['read-only'] ? flags['read-only-tmpfs'] : undefined,
  }
}

function lifeFields(flags: CreateValues): ContainerSpec {
  return {
    name: flags.name,
    pod: flags.pod,
    remove: flags.rm,
    ...restart(flags),
    stop_signal: flags['stop-signal'] === undefined ? undefined : signalNumber(flags['stop-signal']),
    stop_timeout: flags['stop-timeout'],
    timeout: flags.timeout,
    systemd: flags.systemd,
    sdnotifyMode: flags.sdnotify,
    log_configuration: logging(flags),
    dependencyContainers: flags.requires,
    conmon_pid_file: flags['conmon-pidfile'],
    pid_file: flags.pidfile,
    cidfile: flags.cidfile,
    image_volume_mode: flags['image-volume'],
    image_arch: flags.platform?.split('/')[1] ?? flags.arch,
    image_os: flags.platform?.split('/')[0] ?? flags.os,
  }
}

function networkFields(flags: CreateValues): ContainerSpec {
  return {
    hostname: flags.hostname,
    portmappings: flags.publish.map(parsePort),
    publish_image_ports: flags['publish-all'],
    expose: parseExpose(flags.expose),
    hostadd: flags['add-host'],
    use_image_hosts: flags['no-hosts'],
    dns_server: flags.dns,
    dns_search: flags['dns-search'],
    dns_option: flags['dns-option'],
  }
}

function hostFields(flags: CreateValues): ContainerSpec {
  const namespace = (text: string | undefined) => (text === undefined ? undefined : parseNamespace(text))
  return {
    pidns: namespace(flags.pid),
    ipcns: namespace(flags.ipc),
    utsns: namespace(flags.uts),
    userns: namespace(flags.userns),
    cgroupns: namespace(flags.cgroupns),
    cgroup_parent: flags['cgroup-parent'],
    cgroups_mode: flags.cgroups === 'enabled' ? undefined : flags.cgroups,
    devices: flags.device.map((device) => ({ path: device })),
    shm_size: flags['shm-size'] === undefined ? undefined : parseSize(flags['shm-size'], '--shm-size'),
    sysctl: parsePairs(flags.sysctl, 'sysctl'),
    oom_score_adj: flags['oom-score-adj'],
  }
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

function restart(flags: CreateValues): ContainerSpec {
  if (flags.restart === undefined) return {}
  const [, policy = '', tries] = /^(always|no|never|unless-stopped|on-failure)(?::(\d+))?$/.exec(flags.restart) ?? []
  if (policy === '' || (tries !== undefined && policy !== 'on-failure')) {
    throw new UsageError(
      `invalid restart policy "${flags.restart}": use one of no, on-failure[:max-retries], always, unless-stopped`,
    )
  }
  if (flags.rm && policy !== 'no' && policy !== 'never')
    throw new UsageError('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"')
  return { restart_policy: policy === 'never' ? 'no' : policy, ...(tries === undefined ? {} : { restart_tries: Number(tries) }) }
}

function logging(flags: CreateValues): ContainerSpec['log_configuration'] {
  if (flags['log-driver'] === undefined && flags['log-opt'].length === 0) return undefined
  const { path, 'max-size': size, ...options } = parsePairs(flags['log-opt'], 'log option')
  return {
    ...(flags['log-driver'] === undefined ? {} : { driver: flags['log-driver'] }),
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: parseSize(size, '--log-opt max-size') }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}

function health(flags: CreateValues): ContainerSpec['healthconfig'] {
  if (flags['no-healthcheck'] || flags['health-cmd'] === 'none') return { Test: ['NONE'] }
  const command = flags['health-cmd']
  if (command === undefined) return undefined
  const words = command.startsWith('[') ? ['CMD', ...entrypoint(command)] : ['CMD-SHELL', command]
  return {
    Test: words,
    Interval: flags['health-interval'] === 'disable' ? 0 : parseNanoseconds(flags['health-interval'], '--health-interval'),
    Timeout: parseNanoseconds(flags['health-timeout'], '--health-timeout'),
    StartPeriod: parseNanoseconds(flags['health-start-period'], '--health-start-period'),
    Retries: flags['health-retries'],
  }
}

/** `TERM`, `SIGTERM` or `15` as a number, which is what libpod's API has. @throws UsageError */
export function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name)
  const number = (constants.signals as Record<string, number>)[`SIG${name.toUpperCase().replace(/^SIG/, '')}`]
  if (number === undefined) throw new UsageError(`invalid signal: ${name}`)
  return number
}
