import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

const largestSpec = 4 * 1024 * 1024

/** What the runtime's spec says of the process; known once the container was initialized. */
export interface BundleFacts {
  env?: string[]
  rlimits?: { type: string; soft: number; hard: number }[]
}

/** The process in a container's config.json; `undefined` where there is none yet. */
export function readBundle(context: Context, id: string): BundleFacts {
  const file = path.join(containerPaths(context, id).bundle, 'config.json')
  try {
    if (statSync(file).size > largestSpec) return {}
    const { process } = JSON.parse(readFileSync(file, 'utf8')) as { process?: Partial<Record<keyof BundleFacts, unknown>> }
    const { env, rlimits } = process ?? {}
    return {
      ...(Array.isArray(env) && env.every((each) => typeof each === 'string') ? { env } : {}),
      ...(Array.isArray(rlimits) && rlimits.every(isLimit) ? { rlimits } : {}),
    }
  } catch {
    return {}
  }
}

function isLimit(value: unknown): value is NonNullable<BundleFacts['rlimits']>[number] {
  const { type, soft, hard } = (value ?? {}) as Record<string, unknown>
  return typeof type === 'string' && typeof soft === 'number' && typeof hard === 'number'
}
