import type { ContainerInspect } from '../../../contract/index.ts'
import { usualHealth } from '../../../spec/health.ts'
import type { ContainerRecord, HealthCheck } from '../../../store/index.ts'
import { inspectAnnotations } from './annotations.ts'
import { secretsFolder } from '../resolve/secrets.ts'
import type { BundleFacts } from './bundle.ts'
import { byName } from '../../../spec/pair.ts'
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
    Env: env ? [...config.env, ...env.filter((pair) => isOfRun(pair, config.env) && !isSecret(pair, spec))] : config.env,
    Cmd: config.command.length === 0 ? null : config.command,
    Image: config.image?.name ?? '',
    Volumes: null,
    WorkingDir: config.workdir || '/',
    Entrypoint: config.entrypoint.length === 0 ? null : config.entrypoint,
    OnBuild: null,
    Labels: Object.keys(config.labels).length === 0 ? null : byName(config.labels),
    Annotations: inspectAnnotations(record),
    StopSignal: signalName(config.stopSignal),
    ...healthConfig(record),
    ...(config.createCommand.length === 0 ? {} : { CreateCommand: config.createCommand }),
    Umask: (spec.umask ?? '0022').padStart(4, '0'),
    ...(config.secrets && config.secrets.length > 0 ? { Secrets: config.secrets.map(secretOf) } : {}),
    ...(Object.keys(spec.secret_env ?? {}).length > 0 ? { SecretEnv: spec.secret_env } : {}),
    Timeout: spec.timeout ?? 0,
    StopTimeout: config.stopTimeout,
    ...(config.systemd ? { SystemdMode: true } : {}),
    Passwd: spec.manage_password ?? true,
    ...(spec.timezone ? { Timezone: spec.timezone } : {}),
    ...(spec.chroot_directories && spec.chroot_directories.length > 0 ? { ChrootDirs: spec.chroot_directories } : {}),
    sdNotifyMode: spec.sdnotifyMode ?? 'container',
    ...(config.exposed.length === 0 && config.ports.length === 0 ? {} : { ExposedPorts: exposedPorts(record) }),
  }
}

/** What only the run knows; all else may have been updated since. */
function isOfRun(pair: string, configured: readonly string[]): boolean {
  const name = pair.slice(0, pair.indexOf('=') + 1)
  return (name === 'HOME=' || name === 'HOSTNAME=') && !configured.some((each) => each.startsWith(name))
}

/** The value of a secret is shown to nobody. */
const isSecret = (pair: string, { secret_env: variables }: ContainerRecord['config']['spec']): boolean =>
  Object.hasOwn(variables ?? {}, pair.slice(0, pair.indexOf('=')))

const secretOf = ({ name, id, target, uid, gid, mode }: NonNullable<ContainerRecord['config']['secrets']>[number]) => ({
  Name: name,
  ID: id,
  UID: uid,
  GID: gid,
  Mode: mode,
  // Ours, so that another container can be created like it.
  ...(target === `${secretsFolder}/${name}` ? {} : { Target: target }),
})

function exposedPorts({ config }: ContainerRecord): Record<string, object> {
  const published = config.ports.map(({ container_port, protocol }) => `${container_port}/${protocol ?? 'tcp'}`)
  return byName(Object.fromEntries([...config.exposed, ...published].map((port) => [port, {}])))
}

/** Libpod leaves out what is 0. */
const withoutZeros = (numbers: Record<string, number>) =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0))

function checkOf({ test, interval, timeout, startPeriod, retries }: HealthCheck) {
  return { Test: test, ...withoutZeros({ StartPeriod: startPeriod, Interval: interval, Timeout: timeout, Retries: retries }) }
}

function healthConfig({ config: { health, spec } }: ContainerRecord) {
  const off = spec.healthconfig?.Test?.[0] === 'NONE' ? { Healthcheck: { Test: ['NONE'] } } : {}
  const startup = health?.startup
  return {
    ...(health ? { Healthcheck: checkOf(health) } : off),
    HealthcheckOnFailureAction: health?.onFailure ?? 'none',
    HealthLogDestination: health?.destination ?? 'local',
    ...withoutZeros({
      HealthcheckMaxLogCount: health?.maxCount ?? usualHealth.logCount,
      HealthcheckMaxLogSize: health?.maxSize ?? usualHealth.logSize,
    }),
    ...(startup ? { StartupHealthCheck: { ...checkOf(startup), ...withoutZeros({ Successes: startup.successes }) } } : {}),
  }
}
