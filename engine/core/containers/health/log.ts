import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import type { Health } from '../../../contract/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import type { ContainerRecord, HealthSettings } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

/** Of a log that a person asked to keep without a limit. */
const largestLog = 16 * 1024 * 1024

const noHealth: Health = { Status: '', FailingStreak: 0, Log: null }

/** At the beginning of a run. */
export const startingHealth: Health = { Status: 'starting', FailingStreak: 0, Log: null }

/** The file of a container's results. */
export function healthFile(context: Context, id: string, { destination }: HealthSettings): string {
  if (destination === 'local' || destination === 'events_logger') return `${containerPaths(context, id).folder}/healthcheck.log`
  return path.join(destination, `${id}-healthcheck.log`)
}

/** A container's health; empty where it was never started. A file that is missing or damaged says nothing. */
export function readHealth(context: Context, { id, config, state }: ContainerRecord): Health {
  if (!config.health) return noHealth
  const found = parseHealth(healthFile(context, id, config.health))
  return found ?? { ...noHealth, Status: state.health ?? '' }
}

/** Written under another name first, so that readers never see a part; not synchronized: it is worth nothing after a crash. */
export function writeHealth(context: Context, { id, config }: ContainerRecord, health: Health): void {
  if (config.health) writeFileAtomicSync(healthFile(context, id, config.health), JSON.stringify(health))
}

function parseHealth(file: string): Health | undefined {
  try {
    if (statSync(file).size > largestLog) return undefined
    const { Status, FailingStreak, Log } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Health>
    if (typeof Status !== 'string' || typeof FailingStreak !== 'number' || (Log !== null && !Array.isArray(Log))) return undefined
    return { Status, FailingStreak, Log: Log && Log.filter(isResult) }
  } catch {
    return undefined
  }
}

function isResult(value: unknown): value is NonNullable<Health['Log']>[number] {
  const { Start, End, ExitCode, Output } = (value ?? {}) as Record<string, unknown>
  return typeof Start === 'string' && typeof End === 'string' && typeof ExitCode === 'number' && typeof Output === 'string'
}
