import { EngineError, type ErrorCode } from '../../errors/index.ts'

/**
 * For `catch`: an object that is missing is reported in other words, podman's of that command; other failures stay as they are.
 *
 * @param words the sentence, of the one that the engine gave.
 */
export function missingAs(code: ErrorCode, words: (message: string) => string): (error: unknown) => never {
  return (error) => {
    if (!EngineError.is(error, code)) throw error
    throw new EngineError(error.code, words(error.message), { details: error.details, cause: error })
  }
}
