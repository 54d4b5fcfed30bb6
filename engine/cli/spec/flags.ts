import { preserveFlags } from './preserve.ts'
import { bool, number, numberOr, text, texts, textOr, words, type Values } from '../parse/flags.ts'
import { onFailureActions } from '../../spec/health.ts'
import { decryptionKey, registryFlags } from '../flags/registry-flags.ts'

/** Of `create`, `run` and `update`. */
export const healthFlags = {
  'health-cmd': text('', "Set a healthcheck command for the container ('none' disables the existing healthcheck)", {
    aliases: ['healthcheck-command'],
  }),
  'health-interval': textOr(
    '',
    'Set an interval for the healthcheck. (a value of disable results in no automatic timer setup)',
    '30s',
    {
      aliases: ['healthcheck-interval'],
    },
  ),
  'health-log-destination': textOr(
    '',
    'Set the destination of the HealthCheck log. Directory path, local or events_logger (local use container state file)',
    'local',
    { aliases: ['healthcheck-log-destination'] },
  ),
  'health-max-log-count': numberOr(
    '',
    "Set maximum number of attempts in the HealthCheck log file. ('0' value means an infinite number of attempts in the log file)",
    5,
    { value: 'uint', aliases: ['healthcheck-max-log-count'] },
  ),
  'health-max-log-size': numberOr(
    '',
    "Set maximum length in characters of stored HealthCheck log. ('0' value means an infinite log length)",
    500,
    { value: 'uint', aliases: ['healthcheck-max-log-size'] },
  ),
  'health-on-failure': textOr('', 'Action to take once the container turns unhealthy', 'none', {
    choices: onFailureActions,
    refusal: 'invalid on-failure action "{value}" for health check: supported actions are none,kill,restart,stop',
  }),
  'health-retries': numberOr('', 'The number of retries allowed before a healthcheck is considered to be unhealthy', 3, {
    value: 'uint',
    aliases: ['healthcheck-retries'],
  }),
  'health-start-period': textOr('', 'The initialization time needed for a container to bootstrap', '0s', {
    aliases: ['healthcheck-start-period'],
  }),
  'health-startup-cmd': text('', 'Set a startup healthcheck command for the container'),
  'health-startup-interval': textOr('', 'Set an interval for the startup healthcheck', '30s'),
  'health-startup-retries': numberOr(
    '',
    'Set the maximum number of retries before the startup healthcheck will restart the container',
    0,
    { value: 'uint' },
  ),
  'health-startup-success': numberOr(
    '',
    'Set the number of consecutive successes before the startup healthcheck is marked as successful and the normal healthcheck begins (0 indicates any success will start the regular healthcheck)',
    0,
    { value: 'uint' },
  ),
  'health-startup-timeout': textOr(
    '',
    'Set the maximum amount of time that the startup healthcheck may take before it is considered failed',
    '30s',
  ),
  'health-timeout': textOr(
    '',
    'The maximum time allowed to complete the healthcheck before an interval is considered failed',
    '30s',
    { aliases: ['healthcheck-timeout'] },
  ),
  'no-healthcheck': bool('', 'Disable healthchecks on container'),
}

/** Limits that a running container's control group can be given as well: of `create`, `update` and `clone`. */
export const limitFlags = {
  'blkio-weight': text('', 'Block IO weight (relative weight) accepts a weight value between 10 and 1000.'),
  'blkio-weight-device': texts('', 'Block IO weight (relative device weight, format: DEVICE_NAME:WEIGHT)', {
    value: 'DEVICE_NAME:WEIGHT',
  }),
  'cpu-period': number('', 'Limit the CPU CFS (Completely Fair Scheduler) period', { value: 'uint' }),
  'cpu-quota': number('', 'Limit the CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-rt-period': number('', 'Limit the CPU real-time period in microseconds', { value: 'uint' }),
  'cpu-rt-runtime': number('', 'Limit the CPU real-time runtime in microseconds'),
  'cpu-shares': number('c', 'CPU shares (relative weight)', { value: 'uint' }),
  cpus: text('', 'Number of CPUs. The default is 0.000 which means no limit', { value: 'float' }),
  'cpuset-cpus': text('', 'CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('', 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1)'),
  'device-read-bps': texts('', 'Limit read rate (bytes per second) from a device (e.g. --device-read-bps=/dev/sda:1mb)'),
  'device-write-bps': texts('', 'Limit write rate (bytes per second) to a device (e.g. --device-write-bps=/dev/sda:1mb)'),
  memory: text('m', 'Memory limit (format: <number>[<unit>], where unit = b, k, m, or g)', { value: '<number>[<unit>]' }),
  'memory-reservation': text('', 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m, or g)', {
    value: '<number>[<unit>]',
  }),
  'memory-swap': text('', "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
  'memory-swappiness': number('', 'Tune container memory swappiness (0 to 100, or -1 for system default)'),
}

/** Those that podman does not let a clone have. */
export const moreLimitFlags = {
  'device-read-iops': texts('', 'Limit read rate (IO per second) from a device (e.g. --device-read-iops=/dev/sda:1000)'),
  'device-write-iops': texts('', 'Limit write rate (IO per second) to a device (e.g. --device-write-iops=/dev/sda:1000)'),
  'pids-limit': number('', 'Tune container pids limit (set -1 for unlimited)'),
}

const limits = {
  ...limitFlags,
  ...moreLimitFlags,
  'cgroup-conf': words('', 'Configure cgroup v2 (key=value)'),
  'oom-kill-disable': bool('', 'Disable OOM Killer'),
  'oom-score-adj': number('', "Tune the host's OOM preferences (-1000 to 1000)"),
  'rdt-class': text('', 'Class of Service (COS) that the container should be assigned to'),
  'shm-size': text('', 'Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m, or g)', { value: '<number>[<unit>]' }),
  'shm-size-systemd': text(
    '',
    'Size of systemd specific tmpfs mounts (/run, /run/lock) (format: <number>[<unit>], where unit = b, k, m, or g)',
    { value: '<number>[<unit>]' },
  ),
  ulimit: words('', 'Ulimit options'),
}

const network = {
  'add-host': words('', 'Add a custom host-to-IP mapping (host:ip)'),
  dns: words('', 'Set custom DNS servers'),
  'dns-option': words('', 'Set custom DNS options', { aliases: ['dns-opt'] }),
  'dns-search': words('', 'Set custom DNS search domains'),
  expose: words('', 'Expose a port or a range of ports'),
  hostname: text('h', 'Set container hostname'),
  'hosts-file': text(
    '',
    'Base file to create the /etc/hosts file inside the container, or one of the special values. ("image"|"none")',
  ),
  ip: text('', 'Specify a static IPv4 address for the container'),
  ip6: text('', 'Specify a static IPv6 address for the container'),
  'mac-address': text('', 'Container MAC address (e.g. 92:d0:c6:0a:29:33)'),
  network: texts('', 'Connect a container to a network', { aliases: ['net'] }),
  'network-alias': words('', 'Add network-scoped alias for the container'),
  'no-hostname': bool('', 'Do not create /etc/hostname within the container, instead use the version from the image'),
  'no-hosts': bool('', 'Do not create /etc/hosts within the container, instead use the version from the image'),
  publish: words('p', "Publish a container's port, or a range of ports, to the host"),
  'publish-all': bool('P', 'Publish all exposed ports to random ports on the host interface'),
}

const security = {
  'cap-add': words('', 'Add capabilities to the container'),
  'cap-drop': words('', 'Drop capabilities from the container'),
  'group-add': words(
    '',
    "Add additional groups to the primary container process. 'keep-groups' allows container processes to use supplementary groups.",
  ),
  'group-entry': text('', 'Entry to write to /etc/group'),
  hostuser: words('', 'Host user account to add to /etc/passwd within container'),
  passwd: bool('', 'add entries to /etc/passwd and /etc/group', true),
  'passwd-entry': text('', 'Entry to write to /etc/passwd'),
  personality: text('', 'Configure execution domain using personality (e.g., LINUX/LINUX32)'),
  'seccomp-policy': text('', 'Policy for selecting a seccomp profile (experimental)'),
  privileged: bool('', 'Give extended privileges to container'),
  'read-only': bool('', 'Make containers root filesystem read-only'),
  'read-only-tmpfs': bool(
    '',
    'When running --read-only containers mount read-write tmpfs on /dev, /dev/shm, /run, /tmp and /var/tmp',
    true,
  ),
  'security-opt': texts('', 'Security Options'),
  secret: texts('', 'Add secret to container'),
  sysctl: words('', 'Sysctl options'),
  umask: text('', 'Set umask in container'),
  user: text('u', 'Username or UID (format: <name|uid>[:<group|gid>])'),
  gidmap: words('', 'GID map to use for the user namespace'),
  subgidname: text('', 'Name of range listed in /etc/subgid for use in user namespace'),
  subuidname: text('', 'Name of range listed in /etc/subuid for use in user namespace'),
  uidmap: words('', 'UID map to use for the user namespace'),
  userns: text('', 'User namespace to use'),
}

const files = {
  chrootdirs: texts('', 'Chroot directories inside the container'),
  device: texts('', 'Add a host device to the container'),
  'device-cgroup-rule': words('', 'Add a rule to the cgroup allowed devices list'),
  gpus: words('', "GPU devices to add to the container ('all' to pass all GPUs)"),
  'image-volume': text('', 'Tells how to handle the builtin image volumes ("anonymous"|"tmpfs"|"ignore")', {
    choices: ['anonymous', 'bind', 'tmpfs', 'ignore'],
    refusal: 'invalid image volume mode "{value}" required value: anonymous, tmpfs, ignore',
  }),
  mount: texts('', 'Attach a filesystem mount to the container'),
  rootfs: bool('', 'The first argument is not an image but the rootfs to the exploded container'),
  tmpfs: texts('', 'Mount a temporary filesystem (tmpfs) into a container', { value: 'tmpfs' }),
  volume: texts('v', 'Bind mount a volume into the container'),
  'volumes-from': texts('', 'Mount volumes from the specified container(s)'),
  workdir: text('w', 'Working directory inside the container'),
}

const life = {
  annotation: texts('', 'Add annotations to container (key=value)'),
  attach: words('a', 'Attach to STDIN, STDOUT or STDERR'),
  'cgroup-parent': text('', 'Optional parent cgroup for the container'),
  cgroupns: text('', 'cgroup namespace to use'),
  cgroups: textOr('', 'Control container cgroup configuration', 'enabled', {
    choices: ['enabled', 'disabled', 'no-conmon', 'split'],
    refusal: 'running container create option: invalid cgroup mode "{value}": invalid argument',
  }),
  cidfile: text('', 'Write the container ID to the file'),
  'conmon-pidfile': text('', 'Path to the file that will receive the PID of conmon'),
  entrypoint: text('', 'Overwrite the default ENTRYPOINT of the image'),
  env: texts('e', 'Set environment variables in container'),
  'env-file': texts('', 'Read in a file of environment variables'),
  'env-host': bool('', 'Use all current host environment variables in container'),
  'env-merge': texts('', 'Preprocess environment variables from image before injecting them into the container'),
  'http-proxy': bool('', 'Set proxy environment variables in the container based on the host proxy vars', true),
  init: bool('', 'Run an init binary inside the container that forwards signals and reaps processes'),
  'init-path': text('', 'Path to the container-init binary'),
  interactive: bool('i', 'Make STDIN available to the contained process'),
  ipc: text('', 'IPC namespace to use'),
  label: texts('l', 'Set metadata on container'),
  'label-file': texts('', 'Read in a line delimited file of labels'),
  'log-driver': text('', 'Logging driver for the container'),
  'log-opt': texts('', 'Logging driver options'),
  name: text('', 'Assign a name to the container'),
  pid: text('', 'PID namespace to use'),
  pidfile: text('', 'Write the container process ID to the file'),
  pod: text('', 'Run container in an existing pod'),
  'pod-id-file': text('', 'Read the pod ID from the file'),
  pull: textOr('', 'Pull image policy', 'missing', {
    choices: ['always', 'missing', 'never', 'newer'],
    refusal: 'unsupported pull policy "{value}"',
  }),
  quiet: bool('q', 'Suppress output information when pulling images'),
  replace: bool('', 'If a container with the same name exists, replace it'),
  requires: words('', 'Add one or more requirement containers that must be started before this container will start'),
  restart: text('', 'Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")'),
  rm: bool('', 'Remove container and any anonymous unnamed volume associated with the container after exit'),
  rmi: bool('', 'Remove image unless used by other containers, implies --rm'),
  sdnotify: text('', 'Control sd-notify behavior', {
    choices: ['container', 'conmon', 'healthy', 'ignore'],
    refusal:
      'invalid config provided: invalid argument: invalid sdnotify value "{value}": must be conmon, container, healthy or ignore',
  }),
  'stop-signal': text('', 'Signal to stop a container. Default is SIGTERM'),
  'stop-timeout': number('', 'Timeout (in seconds) that containers stopped by user command have to exit', { value: 'uint' }),
  systemd: text('', 'Run container in systemd mode ("true"|"false"|"always")', {
    choices: ['true', 'false', 'always'],
    refusal: 'invalid config provided: --systemd values must be one of "true, false, always": invalid configuration',
  }),
  timeout: number('', 'Maximum length of time a container is allowed to run', { value: 'uint' }),
  tty: bool('t', 'Allocate a pseudo-TTY for container'),
  tz: text('', 'Set timezone in container'),
  unsetenv: texts('', 'Unset environment default variables in container'),
  'unsetenv-all': bool('', 'Unset all default environment variables in container'),
  uts: text('', 'UTS namespace to use'),
}

/** Flags of `create` and `run`. */
export const createFlags = {
  'decryption-key': decryptionKey,
  ...life,
  ...registryFlags,
  ...files,
  ...healthFlags,
  ...limits,
  ...network,
  ...security,
}

/** Flags of `create` alone: what is run at once is no init container. */
export const createOnlyFlags = {
  ...createFlags,
  'init-ctr': text('', 'Make this a pod init container ("always"|"once")', { choices: ['always', 'once'] }),
}

/** Flags of `run`, but for those that say what becomes of its own streams: it alone has descriptors of the caller's to pass on. */
export const runFlags = { ...createFlags, ...preserveFlags }

export type CreateValues = Values<typeof createFlags> &
  Partial<Pick<Values<typeof createOnlyFlags>, 'init-ctr'> & Values<typeof preserveFlags>>

/** Podman's flags for the same that later issues bring. */
export const createNotYet = 'variant-arch'
