import { EngineError } from '../errors/index.ts'

/** Stands where a verb is being written. */
export const notYet = async (): Promise<never> => {
  throw new EngineError('NotSupported', 'This is not supported yet.')
}
