import type { Parsed } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerConfig } from '../../../store/index.ts'

type Body = Parsed<'container.update'>['body']
type Parts = Pick<ContainerConfig, 'spec' | 'env' | 'rlimits'>

/**
 * A container's environment and its limits of processes after an update: what is given is added or replaces the one of its name.
 *
 * @throws EngineError `InvalidArgument` for what is no variable.
 */
export function updatedValues(before: Parts, body: Body): Parts {
  const { Env, UnsetEnv, r_limits: limits } = body
  const added = new Map((Env ?? []).map(variable))
  const removed = new Set(UnsetEnv ?? [])
  return {
    spec: {
      ...before.spec,
      ...(added.size > 0 || removed.size > 0 ? { env: ownEnvironment(before.spec.env ?? {}, added, removed) } : {}),
      ...(removed.size > 0
        ? { unsetenv: [...new Set([...(before.spec.unsetenv ?? []), ...removed])].filter((name) => !added.has(name)) }
        : {}),
      ...(limits && limits.length > 0 ? { r_limits: byType(before.rlimits, limits) } : {}),
    },
    env: environment(before.env, added, removed),
    rlimits: limits && limits.length > 0 ? byType(before.rlimits, limits) : before.rlimits,
  }
}

/** Podman refuses a variable without a value, as there is no environment to take it from. */
function variable(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 1 || pair.includes('\0'))
    throw new EngineError(
      'InvalidArgument',
      `${JSON.stringify(pair.slice(0, 100))} is not NAME=VALUE of an environment variable.`,
      {
        details: { field: 'Env' },
      },
    )
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}

function ownEnvironment(
  before: Readonly<Record<string, string>>,
  added: ReadonlyMap<string, string>,
  removed: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries([...Object.entries(before).filter(([name]) => !removed.has(name)), ...added])
}

function environment(before: readonly string[], added: ReadonlyMap<string, string>, removed: ReadonlySet<string>): string[] {
  const values = new Map(before.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  for (const name of removed) values.delete(name)
  for (const [name, value] of added) values.set(name, value)
  return [...values].map(([name, value]) => `${name}=${value}`)
}

type Rlimits = ContainerConfig['rlimits']

function byType(before: Rlimits, given: Rlimits): Rlimits {
  const limits = new Map([...before, ...given].map(({ type, hard, soft }) => [type, { type, hard, soft }]))
  return [...limits.values()]
}
