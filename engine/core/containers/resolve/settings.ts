import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { LogConfig, RestartPolicy } from '../../../store/index.ts'
import type { ContainersConf } from '../../config/containers-conf.ts'

/** @throws EngineError `InvalidArgument` for an unknown policy, or one beside `--rm`. */
export function resolveRestart(spec: { restart_policy?: string; restart_tries?: number; remove?: boolean }): RestartPolicy {
  const [name = '', tries] = (spec.restart_policy ?? '').split(':')
  const maximumRetries = tries === undefined ? (spec.restart_tries ?? 0) : Number(tries)
  if (!isPolicy(name) || !Number.isInteger(maximumRetries) || maximumRetries < 0) {
    throw new EngineError(
      'InvalidArgument',
      `invalid restart policy ${JSON.stringify(spec.restart_policy)}: must be one of "", no, on-failure[:max-retries], unless-stopped and always`,
      { details: { policy: spec.restart_policy } },
    )
  }
  if (name !== 'on-failure' && maximumRetries > 0) {
    throw new EngineError('InvalidArgument', 'restart policy retries can only be specified with on-failure restart policy', {
      details: { policy: name },
    })
  }
  if (spec.remove && name !== '' && name !== 'no') {
    throw new EngineError(
      'InvalidArgument',
      'the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"',
      { details: { policy: name } },
    )
  }
  return { name, maximumRetries }
}

function isPolicy(name: string): name is RestartPolicy['name'] {
  return ['', 'no', 'always', 'on-failure', 'unless-stopped'].includes(name)
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
  const maxSize = asked.size ?? sizeOf(options['max-size']) ?? Math.max(0, conf.containers.logSizeMax ?? 0)
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

const units: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** Bytes from `10`, `10k`, `10mb` or a number; `undefined` for nothing. @throws EngineError `InvalidArgument`. */
export function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? []
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()]
  if (number === undefined || factor === undefined)
    throw new EngineError('InvalidArgument', `invalid size: ${JSON.stringify(text)}`, { details: { size: text } })
  return Math.floor(Number(number) * factor)
}
