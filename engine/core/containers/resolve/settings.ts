import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkRestartPolicy, parseRestartPolicy } from '../../../spec/restart-policy.ts'
import { parseSize } from '../../../spec/size.ts'
import type { LogConfig, RestartPolicy } from '../../../store/index.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'

/** The policy of a request, where the number of retries has a field of its own, or is part of the name. @throws EngineError `InvalidArgument` */
export function resolveRestart(spec: { restart_policy?: string; restart_tries?: number; remove?: boolean }): RestartPolicy {
  const { name, maximumRetries } = parseRestartPolicy(spec.restart_policy ?? '')
  return checkRestartPolicy({ name, maximumRetries: maximumRetries || (spec.restart_tries ?? 0) }, { remove: spec.remove })
}

/**
 * Where the output goes; `k8s-file` unless asked otherwise.
 *
 * @throws EngineError `InvalidArgument`, `NotSupported`.
 */
export function resolveLog(spec: ContainerSpec, conf: ContainersConf, defaultPath: string): LogConfig {
  const asked = spec.log_configuration ?? {}
  const options = asked.options ?? {}
  const driver = asked.driver || 'k8s-file'
  const tag = options['tag'] ?? conf.containers.logTag ?? ''
  const maxSize = asked.size ?? logSize(options['max-size']) ?? Math.max(0, conf.containers.logSizeMax ?? 0)
  switch (driver) {
    case 'k8s-file':
    case 'json-file':
      return { driver, path: asked.path || options['path'] || defaultPath, maxSize: Math.max(0, maxSize), tag }
    case 'none':
    case 'passthrough':
      return { driver, path: '', maxSize: 0, tag }
    case 'journald':
      return { driver, path: '', maxSize: 0, tag }
    default:
      throw new EngineError(
        'InvalidArgument',
        `invalid log driver ${JSON.stringify(driver)}: use k8s-file, journald, passthrough or none`,
        { details: { driver } },
      )
  }
}

function logSize(text: string | undefined): number | undefined {
  return text ? parseSize(text, 1000) : undefined
}
