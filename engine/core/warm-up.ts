import { setTimeout as sleep } from 'node:timers/promises'

import { digestOf } from '../image/index.ts'
import { readRegistriesConf } from '../registry/index.ts'
import { verbs } from './verbs.ts'

/** What services are asked for most, and what that needs first. */
const usual: readonly (() => unknown)[] = [
  verbs['container.list'],
  verbs['image.list'],
  verbs['container.inspect'],
  verbs['image.pull'],
  () => readRegistriesConf(),
  () => digestOf(Buffer.alloc(0)),
  () => import('node:http'),
  verbs['container.create'],
  verbs['container.start'],
]

/** Milliseconds for which others have the event loop. */
const pause = 20

/**
 * Loads what a service is asked for most, a little at a time: no request waits for it. A step that fails is retried by the first
 * request that needs it.
 */
export async function warmUp(signal: AbortSignal): Promise<void> {
  for (const step of usual) {
    await sleep(pause, undefined, { signal, ref: false })
    await Promise.resolve()
      .then(step)
      .catch(() => {})
  }
}
