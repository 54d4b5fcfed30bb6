import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { hostSocket, readRecorder, type RecordedSeries } from '../../usage/index.ts'
import type { Context } from '../context.ts'

/** The socket of this user's own recorder, a service's or a session's. */
export const ownSocket = (context: Context): string => path.join(context.runRoot, 'usage.sock')

/** The folder of this user's own recorder. */
export const ownFolder = (context: Context): string => path.join(context.root, 'usage')

/** What the host's recorder recorded for this user, or their own one where the host has none; empty where nobody records. */
export async function readUsage(context: Context, read: Parameters<typeof readRecorder>[1]): Promise<RecordedSeries[]> {
  for (const socket of [hostSocket, ownSocket(context)]) {
    try {
      return await readRecorder(socket, read)
    } catch (error) {
      if (!EngineError.is(error, 'EngineUnreachable')) throw error
    }
  }
  return []
}
