import { stepStream } from '../images/progress/progress.ts'
import type { Verb } from '../verb.ts'
import { commitContainer } from './commit.ts'

/** {@link commitContainer} with a line for each step, and the image's id as the last one. */
export const commitProgress: Verb<'container.commitProgress'> = async (context, input, options) =>
  stepStream<{ stream?: string }>(options, 'The commit was cancelled.', async (emit, signal) => {
    const progress = (line: string): void => emit({ stream: `${line}\n` })
    return { stream: await commitContainer(context, input, { ...options, signal, progress }) }
  })
