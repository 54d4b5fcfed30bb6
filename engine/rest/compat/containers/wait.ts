import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'

const conditions = ['not-running', 'next-exit', 'removed']

/** The client starts the container once it has the head of the answer: the wait has begun by then. */
export const wait: Mapping<'docker.container.wait'> = async (engine, { name, condition = 'not-running' }, options) => {
  if (!conditions.includes(condition))
    throw new EngineError(
      'InvalidArgument',
      `invalid condition: ${JSON.stringify(condition)}; use one of ${conditions.join(', ')}.`,
      {
        details: { field: 'condition' },
      },
    )
  const { Id } = await engine['container.inspect']({ name }, options)
  const exit = engine['container.wait']({ name: Id, condition: [condition] }, options)
  // It is awaited when the answer is read.
  exit.catch(() => {})
  return (async function* () {
    yield { StatusCode: await exit, Error: null }
  })()
}
