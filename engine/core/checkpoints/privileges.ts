import type { ContainerSpec, Namespace } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { defaultCapabilities } from '../containers/spec/capabilities.ts'
import { builtIn } from '../containers/spec/seccomp.ts'

/** A privilege: something of the host that a container asks for beyond what every container gets. */
export interface Privilege {
  /** A stable name of the kind, e.g. `device`. */
  kind: string
  /** Which one, e.g. `/dev/fuse`; empty where there is but one. */
  value: string
  /** Its meaning, for a sentence that starts “the checkpoint asks for”. */
  text: string
}

/** Facts of the host that are not in the archive. */
export interface PrivilegeFacts {
  hasVolume(name: string): boolean
}

interface Rule {
  kind: string
  /** Each thing of this kind that is asked for. */
  find(spec: ContainerSpec, facts: PrivilegeFacts): readonly (string | undefined)[]
  text(value: string): string
}

const namespaceFields = { netns: 'network', pidns: 'process', ipcns: 'IPC', utsns: 'host name', cgroupns: 'cgroup' } as const
const hostModes = ['host', 'container', 'path', 'ns']
/** Mounts that show none of the host's files. All others count as privilege. */
const ownTypes = ['tmpfs', 'ramfs', 'devpts', 'volume']
/** Annotations that the runtime, CRIU or systemd obey (criu(8), crun(1), systemd.exec(5)). */
const obeyed = ['org.criu.', 'run.oci.', 'org.systemd.property.']

/** The only list of what counts as privilege, the gravest first. */
const rules: readonly Rule[] = [
  { kind: 'privileged', find: ({ privileged }) => (privileged ? [''] : []), text: () => 'all rights of a privileged container' },
  { kind: 'rootfs', find: ({ rootfs }) => [rootfs], text: (value) => `the host's folder ${value} as its root file system` },
  {
    kind: 'bind-mount',
    find: ({ mounts, overlay_volumes: overlays }) => [
      ...(mounts ?? []).filter(({ type }) => !ownTypes.includes(type || 'bind')).map(({ source }) => source || '?'),
      ...(overlays ?? []).map(({ source }) => source).filter((source) => source?.startsWith('/')),
    ],
    text: (value) => `the host's ${value}, mounted`,
  },
  { kind: 'device', find: ({ devices }) => (devices ?? []).map(({ path }) => path), text: (value) => `the device ${value}` },
  {
    kind: 'device-rule',
    find: ({ device_cgroup_rule: allowed }) =>
      (allowed ?? []).map(({ type, major, minor, access }) =>
        `${type ?? 'a'} ${major ?? '*'}:${minor ?? '*'} ${access ?? ''}`.trim(),
      ),
    text: (value) => `all devices ${value}`,
  },
  { kind: 'capability', find: addedCapabilities, text: (value) => `the capability ${value}` },
  {
    kind: 'namespace',
    find: (spec) =>
      Object.entries(namespaceFields).flatMap(([field, name]) =>
        foreignNamespace(name, spec[field as keyof typeof namespaceFields]),
      ),
    text: (value) => `the ${value}`,
  },
  {
    kind: 'seccomp',
    find: ({ seccomp_profile_path: profile, seccomp_policy: policy }) => [
      profile === builtIn ? undefined : profile,
      policy === 'image' ? 'of its image' : undefined,
    ],
    text: (value) => (value === 'unconfined' ? 'no seccomp filter' : `the seccomp profile ${value}`),
  },
  {
    kind: 'apparmor',
    find: ({ apparmor_profile: profile }) => [profile],
    text: (value) => `the AppArmor profile ${value}`,
  },
  { kind: 'label', find: ({ selinux_opts: options }) => options ?? [], text: (value) => `the SELinux option ${value}` },
  { kind: 'unmask', find: ({ unmask }) => unmask ?? [], text: (value) => `${value}, which is hidden or read-only otherwise` },
  {
    kind: 'volume',
    find: (spec, { hasVolume }) => volumeNames(spec).filter((name) => hasVolume(name)),
    text: (value) => `the volume ${value}, which is here already`,
  },
  {
    kind: 'volumes-from',
    find: ({ volumes_from: containers }) => containers ?? [],
    text: (value) => `the volumes of container ${value}`,
  },
  {
    kind: 'host-file',
    find: ({ base_hosts_file: hosts, init_path: init }) => [
      ['', 'none', 'image'].includes(hosts ?? '') ? undefined : hosts,
      init,
    ],
    text: (value) => `the host's file ${value}`,
  },
  { kind: 'account', find: ({ hostusers }) => hostusers ?? [], text: (value) => `the host's account ${value}` },
  {
    kind: 'groups',
    find: ({ groups }) => (groups ?? []).filter((name) => name === 'keep-groups'),
    text: () => 'the groups of who starts it',
  },
  {
    kind: 'cgroup-file',
    find: ({ unified, resource_limits: limits }) => Object.keys({ ...limits?.unified, ...unified }),
    text: (value) => `the control group file ${value}`,
  },
  {
    kind: 'systemd',
    find: ({ systemd }) => (systemd === 'always' ? ['always'] : []),
    text: () => 'control groups to write to, as systemd has them',
  },
  { kind: 'cgroup-parent', find: ({ cgroup_parent: parent }) => [parent], text: (value) => `a place in the cgroup ${value}` },
  {
    kind: 'file',
    find: (spec) => [spec.log_configuration?.path, spec.pid_file, spec.conmon_pid_file, spec.cidfile, healthFolder(spec)],
    text: (value) => `the host's file ${value}, to write to`,
  },
  {
    kind: 'annotation',
    find: ({ annotations }) => Object.keys(annotations ?? {}).filter((name) => obeyed.some((prefix) => name.startsWith(prefix))),
    text: (value) => `the annotation ${value}, which programs of the host obey`,
  },
  {
    kind: 'oom-score',
    find: ({ oom_score_adj: score }) => [(score ?? 0) < 0 ? String(score) : undefined],
    text: (value) => `an OOM score of ${value}, so that others are killed before it`,
  },
  { kind: 'environment', find: ({ env_host }) => (env_host ? [''] : []), text: () => "the engine's own environment" },
]

/** The privileges that such a container asks for, each once. */
export function privilegesOf(spec: ContainerSpec, facts: PrivilegeFacts): Privilege[] {
  return rules.flatMap(({ kind, find, text }) => {
    const values = find(spec, facts).filter((value) => value !== undefined && (value !== '' || isSingle(kind)))
    return [...new Set(values as string[])].map((value) => ({ kind, value, text: text(value) }))
  })
}

/** @throws EngineError `CheckpointPrivileged` unless there is none; its details have each as `asks` (the text) and, beside it, in `kinds`. */
export function requireUnprivileged(spec: ContainerSpec, facts: PrivilegeFacts): void {
  const asks = privilegesOf(spec, facts)
  if (asks.length === 0) return
  throw new EngineError(
    'CheckpointPrivileged',
    `The checkpoint asks for ${asks.map(({ text }) => text).join('; ')}: if you trust its creator, import it with --privileged.`,
    { details: { asks: asks.map(({ text }) => text), kinds: asks.map(({ kind }) => kind) } },
  )
}

function isSingle(kind: string): boolean {
  return kind === 'privileged' || kind === 'environment'
}

function volumeNames({ volumes, mounts }: ContainerSpec): string[] {
  const mounted = (mounts ?? []).filter(({ type }) => type === 'volume').map(({ source }) => source)
  return [...(volumes ?? []).map(({ Name }) => Name), ...mounted].filter((name): name is string => Boolean(name))
}

function addedCapabilities({ cap_add: added }: ContainerSpec): string[] {
  return (added ?? [])
    .map((name) => name.toUpperCase())
    .map((name) => (name.startsWith('CAP_') || name === 'ALL' ? name : `CAP_${name}`))
    .filter((name) => !defaultCapabilities.includes(name))
}

function foreignNamespace(name: string, choice: Namespace | undefined): string[] {
  const { nsmode = '', value = '' } = choice ?? {}
  if (!hostModes.includes(nsmode)) return []
  if (nsmode === 'host') return [`host's ${name} namespace`]
  return [`${name} namespace of ${nsmode === 'container' ? `container ${value}` : value}`]
}

function healthFolder({ healthLogDestination: place }: ContainerSpec): string | undefined {
  return place === 'local' || place === 'events_logger' ? undefined : place
}
