import type { EngineError } from '../../engine/errors/index.ts'
import { problemText } from '../i18n/problem.ts'

/** What a task led to: a sentence, or why it failed. */
export function Outcome({ text, error }: { text: string | undefined; error: EngineError | undefined }) {
  return (
    <span className="berth-tasks-text">
      {error === undefined ? (
        text
      ) : (
        <>
          {problemText(error)} <code>{error.code}</code>
        </>
      )}
    </span>
  )
}
