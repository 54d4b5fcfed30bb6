import { goJson } from './go-json.ts'
import { print } from './print.ts'

/**
 * What `--print-stats` prints in place of names, in podman's form.
 *
 * @param began by the clock of `performance.now()`.
 */
export function printStatistics(action: 'checkpoint' | 'restore', began: number, containers: readonly object[]): void {
  const duration = Math.round((performance.now() - began) * 1000)
  const document = { [`podman_${action}_duration`]: duration, container_statistics: containers.length > 0 ? containers : null }
  print(`${goJson(document, 4)}\n`)
}
