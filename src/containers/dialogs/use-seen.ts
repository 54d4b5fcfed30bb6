import { useCallback } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { type CallState, useCall } from '../../hooks/use-call.ts'
import type { Seen } from './fields/container-field.ts'

/** A container as a description is filled from it. */
export function useSeen(id: string, sameContainer: boolean): CallState<Seen> {
  const { engine, info } = useEngine()
  const { rootless } = info.host.security
  const ask = useCallback(
    async (signal: AbortSignal): Promise<Seen> => {
      const inspect = await engine['container.inspect']({ name: id }, { signal })
      const image = await engine['image.inspect']({ name: inspect.Image }, { signal }).catch((error: unknown) => {
        // Containers outlive the names of their images.
        if (!EngineError.is(error, 'ImageNotFound', 'NotFound')) throw error
        return undefined
      })
      return { inspect, image, sameContainer, rootless }
    },
    [engine, id, sameContainer, rootless],
  )
  return useCall(ask)
}
