import { closeSync, openSync } from 'node:fs'
import path from 'node:path'

import { flock, LOCK_EX, LOCK_NB } from '../../lib/sys/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { currentContainers } from '../containers/records/live.ts'
import type { Context } from '../context.ts'
import { type Meter, openMeter } from './measure.ts'
import { ringFile, tidyRings } from './ring-folder.ts'
import { longestHistory, recordSample } from './ring.ts'

/** A running sampler; the caller stops it. */
export interface Sampler {
  /** Lets another process sample. Idempotent. */
  stop(): void
}

/** How often one that waits looks whether the one that samples has gone. */
const takeOverEvery = 3000
const tidyEvery = 3600

/**
 * Records the use of every running container in the rings on disk, once a second. Of all processes that have started a
 * sampler on a store one samples, the others take over when it ends. Timers do not keep the process alive; a second that
 * could not be sampled stays a gap.
 */
export function startSampler(context: Context): Sampler {
  let timer: NodeJS.Timeout | undefined
  let lock: number | undefined
  let stopped = false
  const folder = path.join(context.root, 'usage')
  const meters = new Map<string, Meter>()
  const later = (milliseconds: number): void => {
    if (!stopped) timer = setTimeout(run, milliseconds).unref()
  }
  const run = async (): Promise<void> => {
    lock ??= takeLock(path.join(context.runRoot, 'sampler.lock'))
    if (lock === undefined) return later(takeOverEvery)
    const second = Math.floor(Date.now() / 1000)
    try {
      if (meters.size === 0 || second % tidyEvery === 0) tidyRings(folder, Date.now() - longestHistory * 1000)
      await recordAll(context, folder, second, meters)
    } catch (error) {
      // A stopped one may find the store closed.
      if (!stopped)
        context.log.warn('Resource use could not be recorded', { operation: 'sampler', error: (error as Error).message })
    }
    later(1000 - (Date.now() % 1000))
  }
  later(0)
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      if (lock !== undefined) closeSync(lock)
      lock = undefined
    },
  }
}

async function recordAll(context: Context, folder: string, second: number, meters: Map<string, Meter>): Promise<void> {
  const seen = new Set<string>()
  for (const record of await currentContainers(context)) {
    if (!isLive(record) || record.state.cgroupPath === '') continue
    const key = `${record.id} ${record.state.pid}`
    seen.add(key)
    let meter = meters.get(key)
    if (!meter) meters.set(key, (meter = openMeter(context.cgroups, record)))
    const sample = meter.sample()
    if (sample) recordSample(ringFile(folder, record.name), record.name, second, sample)
  }
  for (const key of meters.keys()) if (!seen.has(key)) meters.delete(key)
}

/** The descriptor that holds the lock until it is closed, or `undefined` while another process has it. */
function takeLock(file: string): number | undefined {
  const descriptor = openSync(file, 'a', 0o600)
  try {
    if (flock(descriptor, LOCK_EX | LOCK_NB)) return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  closeSync(descriptor)
  return undefined
}
