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
  connection: text('', 'Connection to use for a remote service (CONTAINER_CONNECTION)'),
  'events-backend': text('', 'Events backend to use', { choices: ['file', 'none', 'journald'], hidden: true }),
  help: bool('', 'Help for this command'),
  'log-level': textOr('', 'Log messages above specified level (trace, debug, info, warn, error, fatal, panic)', 'warn', {
    choices: Object.keys(levels),
  }),
  'cdi-spec-dir': texts('', 'Set the CDI spec directory path (may be set multiple times)'),
  'hooks-dir': texts('', 'Set the OCI hooks directory path (may be set multiple times)'),
  module: texts('', 'Load the containers.conf(5) module'),
  'network-config-dir': text('', 'Path of the configuration directory for networks'),
  remote: bool('', 'Access a remote service', false, { hidden: true }),
  root: text('', 'Path of the store: images, containers, volumes'),
  runroot: text('', 'Path of what a reboot may empty: mounts, sockets, pid files'),
  runtime: text('', 'Name or path of the OCI runtime'),
  'storage-driver': text('', 'Storage driver of a new store ("overlay"|"vfs")', { choices: ['overlay', 'overlay2', 'vfs'] }),
  'storage-opt': texts('', 'Used to pass an option to the storage driver'),
  imagestore: text('', 'Path of an image store apart from that of containers', { hidden: true }),
  syslog: bool('', 'Accepted for conmon', false, { hidden: true }),
  url: text('', 'URL of the service to use instead of the local store (CONTAINER_HOST)'),
} as const satisfies Flags

/** The settings from global flags and environment. @throws UsageError for a contradictory combination. */
export function globalOptions(values: Values<typeof globalFlags>, environment: NodeJS.ProcessEnv): GlobalOptions {
  if (values.connection !== undefined)
    throw new UsageError('--connection is not there yet: give the address with --url unix:///PATH')
  if (values.imagestore !== undefined)
    throw new UsageError('--imagestore is not supported: Berth keeps images and containers in one store, which --root moves')
  if (values['events-backend'] !== undefined && values['events-backend'] !== 'file')
    throw new UsageError(`--events-backend ${values['events-backend']} is not supported: events are kept in a file; leave it out`)
  if (values.syslog)
    throw new UsageError('--syslog is not supported: messages go to stderr, and --log-level says which; leave it out')
  const url = values.url ?? (environment['CONTAINER_HOST'] || undefined)
  if (values.remote && url === undefined)
    throw new UsageError('--remote needs to know where: give the address with --url unix:///PATH, or set CONTAINER_HOST')
  const context: ContextOptions = {
    root: values.root,
    runRoot: values.runroot,
    runtime: values.runtime,
    cgroupManager: values['cgroup-manager'] as ContextOptions['cgroupManager'],
    networkConfigDir: values['network-config-dir'],
    modules: values.module,
    hooksDirs: values['hooks-dir'],
    cdiSpecDirs: values['cdi-spec-dir'],
    storageDriver: values['storage-driver'],
    storageOptions: values['storage-opt'],
    logLevel: levels[values['log-level']] ?? 'warn',
  }
  return { url, logLevel: values['log-level'], context }
}
