import { useCallback } from 'react'

import { nameOf } from '../engine/container-summary.ts'
import { useEngine } from '../engine/engine-context.tsx'
import type { ContainerSummary } from '../engine/live/live-data.ts'
import { _, format } from '../i18n/gettext.ts'
import { useToasts } from '../ui/toasts.tsx'

/** Runs a container's health check now, and says what it found. */
export function useHealthCheck(): (container: ContainerSummary) => Promise<void> {
  const { engine, data } = useEngine()
  const { success, failure } = useToasts()
  return useCallback(
    async (container) => {
      const name = nameOf(container)
      try {
        const { Log, Status } = await engine['container.healthcheck']({ name: container.Id })
        const last = Log?.at(-1)
        const failed = (last?.ExitCode ?? 0) !== 0 || Status === 'unhealthy'
        if (failed) failure(format(_('The health check of {name} failed'), { name }), new Error(last?.Output.trim() || Status))
        else success(format(_('The health check of {name} passed.'), { name }))
        await data.containers.refresh()
      } catch (error) {
        failure(format(_('Failed to check {name}'), { name }), error)
      }
    },
    [engine, data, success, failure],
  )
}
