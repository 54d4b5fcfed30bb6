/**
 * What a mount is, as far as its options go. `overlay` is a host folder and `volume-overlay` a volume with option `O`: the
 * container writes to a layer of its own.
 */
export const mountKinds = ['bind', 'volume', 'overlay', 'volume-overlay', 'tmpfs', 'ramfs', 'devpts'] as const
export type MountKind = (typeof mountKinds)[number]

/**
 * `done`: it has its effect. `warned`: accepted without effect, which a warning says. `refused`: known, and not supported here. An
 * option without a state for a kind of mount is unknown there, and refused too.
 */
export type OptionState = 'done' | 'warned' | 'refused'

export interface MountOption {
  on: Partial<Record<MountKind, OptionState>>
  /** Options of one group exclude each other, and themselves. */
  group?: string
  /** What follows `=`. */
  value?: RegExp
  /** Why it is refused, or has no effect: the end of a sentence. */
  reason?: string
  /** The warning is given only where the host has this. */
  where?: 'selinux'
}

function on(state: OptionState, ...kinds: MountKind[]): MountOption['on'] {
  return Object.fromEntries(kinds.map((kind) => [kind, state]))
}

const volumes = ['volume', 'volume-overlay'] as const
const memory = ['tmpfs', 'ramfs'] as const
const folders = ['bind', ...volumes] as const
const flagged = on('done', ...folders, ...memory, 'devpts')
const placed = on('done', ...folders, ...memory)
const recursion = { group: "'[r]bind'", on: on('done', 'bind', 'volume') }
const propagation = { group: "'[r]shared', '[r]private', '[r]slave' or '[r]unbindable'", on: placed }
const label = {
  group: "'z', 'Z', or 'O'",
  on: on('warned', 'bind', 'volume'),
  where: 'selinux',
  reason: 'labels of SELinux are not changed by this version',
} as const
const desktop = {
  on: on('warned', 'bind', 'volume', 'tmpfs'),
  reason: 'it only means something on desktops whose containers run in a virtual machine',
}

/** Every option of a mount, by name; with `=` those that take a value. Units and meaning are those of podman-run(1). */
export const mountOptions: Readonly<Record<string, MountOption>> = {
  ro: { group: "'rw' or 'ro'", on: flagged },
  rw: { group: "'rw' or 'ro'", on: flagged },
  readonly: { group: "'rw' or 'ro'", on: on('done', 'bind', 'volume', 'tmpfs') },
  readwrite: { group: "'rw' or 'ro'", on: on('done', 'bind', 'volume', 'tmpfs') },
  nosuid: { group: "'nosuid' or 'suid'", on: flagged },
  suid: { group: "'nosuid' or 'suid'", on: placed },
  nodev: { group: "'nodev' or 'dev'", on: placed },
  dev: { group: "'nodev' or 'dev'", on: placed },
  noexec: { group: "'noexec' or 'exec'", on: flagged },
  exec: { group: "'noexec' or 'exec'", on: placed },
  noatime: { group: "'noatime' or 'relatime'", on: on('done', ...folders, 'tmpfs') },
  relatime: { group: "'noatime' or 'relatime'", on: on('done', ...folders) },
  bind: recursion,
  rbind: recursion,
  'bind-nonrecursive': recursion,
  norecursive: recursion,
  shared: propagation,
  rshared: propagation,
  slave: propagation,
  rslave: propagation,
  private: propagation,
  rprivate: propagation,
  unbindable: propagation,
  runbindable: propagation,
  O: { group: "'z', 'Z', or 'O'", on: on('done', 'overlay', 'volume-overlay') },
  'upperdir=': { group: "'upperdir'", on: on('done', 'overlay', 'volume-overlay'), value: /^\// },
  'workdir=': { group: "'workdir'", on: on('done', 'overlay', 'volume-overlay'), value: /^\// },
  z: label,
  Z: label,
  U: {
    group: "'U'",
    on: { ...on('done', ...folders, 'overlay', 'tmpfs'), ramfs: 'refused', devpts: 'refused' },
    reason: 'such a file system has no owner that could be chosen: use tmpfs',
  },
  copy: {
    group: "'copy' or 'nocopy'",
    on: { ...on('done', ...volumes), bind: 'warned' },
    reason: 'only volumes are filled from the image',
  },
  nocopy: {
    group: "'copy' or 'nocopy'",
    on: { ...on('done', ...volumes), bind: 'warned' },
    reason: 'only volumes are filled from the image',
  },
  idmap: {
    group: "'idmap'",
    on: on('done', 'bind', 'volume'),
  },
  'idmap=': {
    group: "'idmap'",
    on: on('done', 'bind', 'volume'),
    value: /^[^,]+$/,
  },
  'no-dereference': { on: on('done', ...folders) },
  cached: desktop,
  delegated: desktop,
  consistent: desktop,
  'consistency=': desktop,
  'subpath=': { group: "'subpath'", on: on('done', ...volumes), value: /./ },
  'volume-opt=': { on: on('done', ...volumes), value: /^[^=]+(?:=|$)/ },
  'size=': {
    group: 'tmpfs size',
    on: { tmpfs: 'done', ramfs: 'refused' },
    value: /^\d+[kmgtpe]?$|^\d{1,3}%$/i,
    reason: 'a ramfs has no limit: use tmpfs',
  },
  'mode=': { group: 'tmpfs mode', on: on('done', ...memory, 'devpts'), value: /^[0-7]{1,4}$/ },
  noswap: { on: { tmpfs: 'done', ramfs: 'refused' }, reason: 'a ramfs is never swapped out' },
  tmpcopyup: {
    group: "'tmpcopyup' or 'notmpcopyup'",
    on: { tmpfs: 'done', ramfs: 'refused' },
    reason: 'a ramfs begins empty: use tmpfs',
  },
  notmpcopyup: { group: "'tmpcopyup' or 'notmpcopyup'", on: on('done', ...memory) },
  'uid=': { group: 'uid', on: on('done', 'devpts'), value: /^\d{1,10}$/ },
  'gid=': { group: 'gid', on: on('done', 'devpts'), value: /^\d{1,10}$/ },
  'ptmxmode=': { group: 'ptmxmode', on: on('done', 'devpts'), value: /^[0-7]{1,4}$/ },
  'max=': { group: 'max', on: on('done', 'devpts'), value: /^\d{1,10}$/ },
  newinstance: { on: on('done', 'devpts') },
}

/** Every field of a create request that says something about a mount. A refused one may be there, and empty. */
export const mountFields: Readonly<Record<string, OptionState>> = {
  'mounts.destination': 'done',
  'mounts.source': 'done',
  'mounts.type': 'done',
  'mounts.options': 'done',
  'mounts.uidMappings': 'refused',
  'mounts.gidMappings': 'refused',
  'volumes.Name': 'done',
  'volumes.Dest': 'done',
  'volumes.Options': 'done',
  'volumes.IsAnonymous': 'done',
  'volumes.SubPath': 'done',
  'overlay_volumes.destination': 'done',
  'overlay_volumes.source': 'done',
  'overlay_volumes.options': 'done',
}
