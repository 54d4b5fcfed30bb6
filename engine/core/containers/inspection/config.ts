import type { ContainerInspect } from '../../../contract/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { BundleFacts } from './bundle.ts'
import { signalName } from '../../../spec/signal.ts'

/** `Config` of a container in full: what runs in it. */
export function inspectConfig(record: ContainerRecord, { env }: BundleFacts): ContainerInspect['Config'] {
  const { config } = record
  const { spec } = config
  return {
    Hostname: config.hostname || record.id.slice(0, 12),
    Domainname: '',
    User: config.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: config.terminal,
    OpenStdin: config.stdin,
    StdinOnce: false,
    // HOME and the like are only known once it was initialized.
    Env: env ? [...config.env, ...env.filter((pair) => isOfRun(pair, config.env))] : config.env,
    Cmd: config.command.length === 0 ? null : config.command,
    Image: config.image?.name ?? '',
    Volumes: null,
    WorkingDir: config.workdir || '/',
    Entrypoint: config.entrypoint.length === 0 ? null : config.entrypoint,
    OnBuild: null,
    Labels: Object.keys(config.labels).length === 0 ? null : config.labels,
    Annotations: config.annotations,
    StopSignal: signalName(config.stopSignal),
    HealthcheckOnFailureAction: 'none',
    HealthLogDestination: 'local',
    HealthcheckMaxLogCount: 5,
    HealthcheckMaxLogSize: 500,
    ...(config.createCommand.length === 0 ? {} : { CreateCommand: config.createCommand }),
    Umask: spec.umask ?? '0022',
    Timeout: spec.timeout ?? 0,
    StopTimeout: config.stopTimeout,
    Passwd: true,
    sdNotifyMode: spec.sdnotifyMode ?? 'container',
    ...(config.exposed.length === 0 && config.ports.length === 0 ? {} : { ExposedPorts: exposedPorts(record) }),
  }
}

/** What only the run knows; all else may have been updated since. */
function isOfRun(pair: string, configured: readonly string[]): boolean {
  const name = pair.slice(0, pair.indexOf('=') + 1)
  return (name === 'HOME=' || name === 'HOSTNAME=') && !configured.some((each) => each.startsWith(name))
}

function exposedPorts({ config }: ContainerRecord): Record<string, object> {
  const published = config.ports.map(({ container_port, protocol }) => `${container_port}/${protocol ?? 'tcp'}`)
  return Object.fromEntries([...config.exposed, ...published].map((port) => [port, {}]))
}
