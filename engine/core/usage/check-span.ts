import { EngineError } from '../../errors/index.ts'
import { longestHistory } from '../../usage/index.ts'

/** The longest answer, in points. */
const maxPoints = 10_000

/** @throws EngineError `InvalidArgument` for a section that history does not have. */
export function checkSpan(seconds: number, points: number): void {
  if (seconds < 1 || seconds > longestHistory)
    throw new EngineError(
      'InvalidArgument',
      `The history of resource use goes back from 1 to ${longestHistory} seconds, not ${seconds}.`,
      { details: { field: 'seconds' } },
    )
  if (points < 0 || points > maxPoints)
    throw new EngineError('InvalidArgument', `A history has up to ${maxPoints} points, or 0 for all there are, not ${points}.`, {
      details: { field: 'points' },
    })
}
