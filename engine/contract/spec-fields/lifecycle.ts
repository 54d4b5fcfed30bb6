import { done, refused, type SpecFields } from './state.ts'

/** A health check: podman takes an interval for the time of start-up, and does not follow it. */
function health(field: string, flag: string): SpecFields {
  return {
    ...done(
      `${field}${field === 'healthconfig' ? ': no-healthcheck' : ''}`,
      `${field}.Test: ${flag}-cmd`,
      `${field}.Interval: ${flag}-interval`,
      `${field}.Timeout: ${flag}-timeout`,
      `${field}.Retries: ${flag}-retries`,
    ),
    [`${field}.StartInterval`]: { state: 'warned', reason: 'the interval is the same during the start period' },
  }
}

/** Start and stop of a container. */
export const lifecycleFields: SpecFields = {
  ...done(
    'name: name',
    'pod: pod pod-id-file',
    'remove: rm',
    'removeImage: rmi',
    'volatile',
    'restart_policy: restart',
    'restart_tries: restart',
    'stop_signal: stop-signal',
    'stop_timeout: stop-timeout',
    'timeout: timeout',
    'dependencyContainers: requires',
    'systemd: systemd',
    'sdnotifyMode: sdnotify',
    'conmon_pid_file: conmon-pidfile',
    'pid_file: pidfile',
    'cidfile: cidfile',
    'log_configuration: log-driver log-opt',
    'log_configuration.driver',
    'log_configuration.path',
    'log_configuration.size',
    'log_configuration.options',
    'log_configuration.options.max-size',
    'log_configuration.options.path',
    'log_configuration.options.tag',
  ),
  'log_configuration.options.*': { state: 'warned', flags: 'log-opt', reason: 'a log driver knows path, max-size and tag' },
  ...health('healthconfig', 'health'),
  'healthconfig.StartPeriod': { state: 'done', flags: 'health-start-period' },
  ...health('startupHealthConfig', 'health-startup'),
  'startupHealthConfig.StartPeriod': { state: 'warned', reason: 'the check of the start-up has no start period' },
  ...done(
    'startupHealthConfig.Successes: health-startup-success',
    'health_check_on_failure_action: health-on-failure',
    'healthLogDestination: health-log-destination',
    'healthMaxLogCount: health-max-log-count',
    'healthMaxLogSize: health-max-log-size',
  ),
  ...refused('all containers of a store are in one namespace; leave it out', 'namespace'),
  ...refused('--runtime chooses the runtime of a command', 'oci_runtime'),
}
