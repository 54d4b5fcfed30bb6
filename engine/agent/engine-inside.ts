import { Socket } from 'node:net'
import { socketPair } from '../lib/sys/index.ts'
import type { EngineAccess } from './engine-access.ts'
import { type EngineService, openEngineService } from './engine-service.ts'

/** The engine in this process, for root, who needs no namespace of their own. Opened with the first connection. */
export function openEngineInside(): EngineAccess {
  let opened: Promise<EngineService> | undefined
  const service = (): Promise<EngineService> => {
    opened ??= openEngineService().catch((error: unknown) => {
      // A store that cannot be opened now may be later.
      opened = undefined
      throw error
    })
    return opened
  }
  // Usage is recorded without readers, too; a failure is reported to the first caller.
  service().catch(() => {})
  return {
    connect: async () => {
      const engine = await service()
      // Sockets, though both ends are here: what is read from one is no longer the writer's, and Node parses HTTP of them itself.
      const [near, far] = socketPair().map((fd) => new Socket({ fd, allowHalfOpen: true })) as [Socket, Socket]
      engine.handle(far)
      return near
    },
    close: async (now) => (await opened?.catch(() => undefined))?.close(now),
  }
}
