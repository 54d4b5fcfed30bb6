import type { ContextOptions } from '../../core/index.ts'
import type { LogLevel } from '../../lib/log.ts'
import type { GlobalOptions } from '../command.ts'
import { bool, type Flags, text, texts, textOr, type Values } from './flags.ts'
import { UsageError } from './usage-error.ts'

/** Podman spells out more levels than the log has. */
const levels: Record<string, LogLevel> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
  panic: 'error',
}

/** Flags of all commands, before or after the command's name. */
export const globalFlags = {
  'cgroup-manager': text('', 'Cgroup manager to use ("cgroupfs"|"systemd")', { choices: ['cgroupfs', 'systemd'] }),
  config: text('', 'Location of authentication config file'),
  conmon: text('', 'Path of the conmon binary'),
  connection: text('c', 'Connection to use for a remote service (CONTAINER_CONNECTION)'),
  'cpu-profile': text('', 'Path of a profile of processor time', { hidden: true }),
  'db-backend': text('', 'Database backend to use', {
    choices: ['sqlite'],
    refusal: '--db-backend {value} is not supported: the state is a database of SQLite; leave it out',
    hidden: true,
  }),
  'default-mounts-file': text('', 'Path of mounts.conf', { hidden: true }),
  'events-backend': text('', 'Events backend to use', {
    choices: ['file', 'none', 'journald'],
    refusal: 'configuring runtime: "{value}" is not a valid events backend: invalid argument',
    hidden: true,
  }),
  help: bool('', 'Help for this command'),
  identity: text('', 'path to SSH identity file, (CONTAINER_SSHKEY)'),
  'log-level': textOr('', 'Log messages above specified level (trace, debug, info, warn, error, fatal, panic)', 'warn', {
    choices: Object.keys(levels),
    refusal: `Log Level "{value}" is not supported, choose from: ${Object.keys(levels).join(', ')}`,
    refusalCode: 1,
  }),
  'cdi-spec-dir': texts('', 'Set the CDI spec directory path (may be set multiple times)'),
  'hooks-dir': texts('', 'Set the OCI hooks directory path (may be set multiple times)'),
  'max-workers': text('', 'How much is done at once', { hidden: true }),
  'memory-profile': text('', 'Path of a profile of memory', { hidden: true }),
  module: texts('', 'Load the containers.conf(5) module'),
  'network-backend': text('', 'Network backend to use', {
    choices: ['netavark'],
    refusal: "--network-backend {value} is not supported: networks are netavark's; leave it out",
    hidden: true,
  }),
  'network-cmd-path': text('', 'Path to the command for configuring the network', { hidden: true }),
  'network-config-dir': text('', 'Path of the configuration directory for networks'),
  noout: bool('', 'do not output to stdout', false, { hidden: true }),
  out: text('', 'Send output (stdout) from berth to a file'),
  'registries-conf': text('', 'Path of registries.conf', { hidden: true }),
  remote: bool('r', 'Access a remote service'),
  root: text('', 'Path of the store: images, containers, volumes'),
  runroot: text('', 'Path of what a reboot may empty: mounts, sockets, pid files'),
  runtime: text('', 'Name or path of the OCI runtime'),
  'runtime-flag': texts('', 'add global flags for the container runtime'),
  ssh: text('', 'define the ssh mode', { choices: ['golang', 'native'] }),
  'storage-driver': text('', 'Storage driver of a new store ("overlay"|"vfs")', { choices: ['overlay', 'overlay2', 'vfs'] }),
  'storage-opt': texts('', 'Used to pass an option to the storage driver'),
  imagestore: text('', 'Path of an image store apart from that of containers', { hidden: true }),
  syslog: bool('', 'Write messages to the system log too', false, { hidden: true }),
  'tls-ca': text('', 'path to TLS certificate Authority PEM file, (CONTAINER_TLS_CA)'),
  'tls-cert': text('', 'path to TLS client certificate PEM file, (CONTAINER_TLS_CERT)'),
  'tls-key': text('', 'path to TLS client certificate private key PEM file, (CONTAINER_TLS_KEY)'),
  tmpdir: text('', 'Path of the tmp directory, in which the events are kept', { hidden: true }),
  trace: bool('', 'Tell what is done to a collector of traces', false, { hidden: true }),
  'transient-store': bool('', 'Keep the database in the run state', false, { hidden: true }),
  url: text('', 'URL of the service to use instead of the local store (CONTAINER_HOST)'),
  volumepath: text('', 'Path of volumes apart from the store', { hidden: true }),
  version: bool('v', 'Version of berth'),
} as const satisfies Flags

/** Podman's flags that ask for what Berth does in another way, with the way out. */
export const refusals = {
  'cpu-profile': 'there is no profile of Go; leave it out',
  imagestore: 'Berth keeps images and containers in one store, which --root moves',
  'max-workers': 'how much is done at once follows from the processors there are; leave it out',
  'memory-profile': 'there is no profile of Go; leave it out',
  'network-cmd-path': 'pasta connects containers, and helper_binaries_dir of containers.conf says where it is',
  trace: 'nothing collects traces; --log-level=debug says what is done',
  'transient-store': 'the state database belongs to the store; --root on a tmpfs makes a store that a reboot empties',
  volumepath: 'volumes are in the store, which --root moves',
} as const

function refuse(values: Values<typeof globalFlags>): void {
  for (const [name, why] of Object.entries(refusals))
    if (values[name as keyof typeof refusals]) throw new UsageError(`--${name} is not supported: ${why}`)
  if (values['events-backend'] === 'journald')
    throw new UsageError('--events-backend journald is not supported: events are kept in a file; leave it out')
  if (values.ssh === 'golang')
    throw new UsageError("--ssh golang is not supported: the system's own ssh connects, with its configuration; leave it out")
  if (values.remote && values.connection !== undefined && values.url !== undefined)
    throw new UsageError('--url and --connection cannot be used together')
}

/** The settings from global flags and environment. @throws UsageError for a contradictory combination. */
export function globalOptions(values: Values<typeof globalFlags>, environment: NodeJS.ProcessEnv): GlobalOptions {
  refuse(values)
  // As podman has it: where the rest of the program looks for credentials.
  if (values.config !== undefined) environment['DOCKER_CONFIG'] = values.config
  if (values['registries-conf'] !== undefined) environment['CONTAINERS_REGISTRIES_CONF'] = values['registries-conf']
  const given = (name: string) => environment[name] || undefined
  const chosen = values.url !== undefined || values.connection !== undefined
  const remote = {
    url: values.url ?? (chosen ? undefined : given('CONTAINER_HOST')),
    connection:
      values.connection ?? (chosen || given('CONTAINER_HOST') !== undefined ? undefined : given('CONTAINER_CONNECTION')),
    identity: values.identity ?? given('CONTAINER_SSHKEY'),
    ca: values['tls-ca'] ?? given('CONTAINER_TLS_CA'),
    cert: values['tls-cert'] ?? given('CONTAINER_TLS_CERT'),
    key: values['tls-key'] ?? given('CONTAINER_TLS_KEY'),
  }
  const isRemote = values.remote || remote.url !== undefined || remote.connection !== undefined
  const context: ContextOptions = {
    root: values.root,
    runRoot: values.runroot,
    tmpDir: values.tmpdir,
    withoutEvents: values['events-backend'] === 'none',
    syslog: values.syslog,
    defaultMountsFile: values['default-mounts-file'],
    runtime: values.runtime,
    runtimeFlags: values['runtime-flag'],
    conmon: values.conmon,
    cgroupManager: values['cgroup-manager'] as ContextOptions['cgroupManager'],
    networkConfigDir: values['network-config-dir'],
    modules: values.module,
    hooksDirs: values['hooks-dir'],
    cdiSpecDirs: values['cdi-spec-dir'],
    storageDriver: values['storage-driver'],
    storageOptions: values['storage-opt'],
    logLevel: levels[values['log-level']] ?? 'warn',
  }
  return { ...(isRemote ? { remote } : {}), logLevel: values['log-level'], context }
}
