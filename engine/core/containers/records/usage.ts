import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { readHistory } from '../../usage/history.ts'
import { ringFile } from '../../usage/ring-folder.ts'
import { longestHistory } from '../../usage/ring.ts'
import type { Verb } from '../../verb.ts'
import { locate } from './locate.ts'

/** What the sampler recorded for containers of this name, also before this one was made. */
export const usage: Verb<'container.usage'> = async (context, { name, seconds }) => {
  if (seconds < 1 || seconds > longestHistory) {
    throw new EngineError(
      'InvalidArgument',
      `The history of resource use goes back from 1 to ${longestHistory} seconds, not ${seconds}.`,
      { details: { field: 'seconds' } },
    )
  }
  const record = await locate(context, name)
  return readHistory(ringFile(path.join(context.root, 'usage'), record.name), Math.floor(Date.now() / 1000), seconds)
}
