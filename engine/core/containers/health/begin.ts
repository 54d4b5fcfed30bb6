import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { startHealthTimer, stopHealthTimer } from '../../../adapters/health-timer.ts'
import { hasUserManager, isSystemdHost } from '../../../adapters/systemd.ts'
import { nothingToCheck } from '../../../spec/health.ts'
import type { ContainerRecord, HealthCheck } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { storeFlagsOf } from '../../store-flags.ts'
import { containerPaths } from '../../paths.ts'
import { startingHealth, writeHealth } from './log.ts'
import type { StartupProgress } from './outcome.ts'

/** What belongs to the checks of one run: the timer, and how far the start-up has come. */
export const healthFolder = (context: Context, id: string): string => `${containerPaths(context, id).run}/health`

const startupFile = (context: Context, id: string): string => path.join(healthFolder(context, id), 'startup.json')

/** Begins the checks of a container that was just started; its lock must be held. A failure is logged: the container runs. */
export async function beginHealth(context: Context, record: ContainerRecord): Promise<void> {
  const { health } = record.config
  if (!health) return
  try {
    mkdirSync(healthFolder(context, record.id), { recursive: true, mode: 0o700 })
    writeHealth(context, record, startingHealth)
    if (health.startup) writeStartup(context, record.id, { successes: 0, failures: 0 })
    await startTimer(context, record, health.startup ?? health)
  } catch (error) {
    context.log.warn('the health of a container is not checked', { object: record.id, reason: (error as Error).message })
  }
}

/** Checks at another interval from now on. */
export async function startTimer(context: Context, { id }: ContainerRecord, { interval }: HealthCheck): Promise<void> {
  const folder = healthFolder(context, id)
  if (interval <= 0) return await stopHealthTimer(folder)
  const command = [...context.self, ...storeFlagsOf(context), 'healthcheck', 'run', '--scheduled', id]
  const manager = managerFor(context)
  await startHealthTimer({ folder, id, interval: interval / 1e9, command, lastExitCode: nothingToCheck, manager })
}

/** Whose systemd keeps the time, as with podman. */
function managerFor({ identity }: Context): 'system' | 'user' | undefined {
  if (!isSystemdHost()) return undefined
  if (!identity.rootless) return 'system'
  return hasUserManager() ? 'user' : undefined
}

/** How far the check of the start-up has come; `undefined` once it is over. */
export function readStartup(context: Context, id: string): StartupProgress | undefined {
  const file = startupFile(context, id)
  if (!existsSync(file)) return undefined
  const { successes, failures } = JSON.parse(readFileSync(file, 'utf8')) as Partial<StartupProgress>
  return { successes: Number(successes) || 0, failures: Number(failures) || 0 }
}

/** @param progress `null` when it is over. */
export function writeStartup(context: Context, id: string, progress: StartupProgress | null): void {
  if (progress === null) rmSync(startupFile(context, id), { force: true })
  else writeFileSync(startupFile(context, id), JSON.stringify(progress), { mode: 0o600 })
}
