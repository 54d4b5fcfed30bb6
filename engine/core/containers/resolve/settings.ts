import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkRestartPolicy, parseRestartPolicy } from '../../../spec/restart-policy.ts'
import { parseSize } from '../../../spec/size.ts'
import type { LogConfig, RestartPolicy } from '../../../store/index.ts'
import { checkTag } from '../lifecycle/log-tag.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'

/** The policy of a request, where the number of retries has a field of its own, or is part of the name. @throws EngineError `InvalidArgument` */
export function resolveRestart(spec: { restart_policy?: string; restart_tries?: number; remove?: boolean }): RestartPolicy {
  const { name, maximumRetries } = parseRestartPolicy(spec.restart_policy ?? '')
  return checkRestartPolicy({ name, maximumRetries: maximumRetries || (spec.restart_tries ?? 0) }, { remove: spec.remove })
}

/** What decides where output can go. */
export interface LogHost {
  /** Where the log is kept if nobody says otherwise. */
  file: string
  /** The caller is not at this process's standard streams. */
  service: boolean
  journal: boolean
}

/**
 * Where the output goes; `k8s-file` unless asked otherwise.
 *
 * @param warnings gets a sentence about what has no effect.
 * @throws EngineError `InvalidArgument`, `NotSupported` for a driver that cannot be had here.
 */
export function resolveLog(spec: ContainerSpec, conf: ContainersConf, host: LogHost, warnings: string[] = []): LogConfig {
  const asked = spec.log_configuration ?? {}
  const options = asked.options ?? {}
  const driver = asked.driver || conf.containers.logDriver || 'k8s-file'
  const tag = options['tag'] ?? ''
  const maxSize = asked.size ?? logSize(options['max-size']) ?? Math.max(0, conf.containers.logSizeMax ?? 0)
  if (tag !== '' && driver !== 'journald')
    warnings.push(`--log-opt tag has no effect on the output of the log driver ${driver}: journald alone writes it.`)
  switch (driver) {
    case 'k8s-file':
    case 'json-file':
      return { driver, path: asked.path || options['path'] || host.file, maxSize: Math.max(0, maxSize), tag }
    case 'none':
      return { driver, path: '', maxSize: 0, tag }
    case 'passthrough':
    case 'passthrough-tty':
      if (!host.service) return { driver, path: '', maxSize: 0, tag }
      throw wrongLog(driver, `The log driver ${driver} passes output to the caller of a command; over a service use k8s-file.`)
    case 'journald': {
      if (!host.journal)
        throw wrongLog(driver, 'The log driver journald needs systemd-journald, which does not run here; use k8s-file.')
      const full = tag || conf.containers.logTag || ''
      checkTag(full)
      return { driver, path: '', maxSize: 0, tag: full }
    }
    default:
      throw new EngineError(
        'InvalidArgument',
        `invalid log driver ${JSON.stringify(driver)}: use k8s-file, json-file, journald, passthrough, passthrough-tty or none`,
        { details: { driver } },
      )
  }
}

function wrongLog(driver: string, message: string): EngineError {
  return new EngineError('NotSupported', message, { details: { field: 'log_configuration', driver } })
}

function logSize(text: string | undefined): number | undefined {
  return text ? parseSize(text, 1000) : undefined
}
