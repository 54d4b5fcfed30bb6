import { ExitError } from '../exit-code.ts'
import { parseDetachKeys as parse } from '../../spec/detach-keys.ts'
import { UsageError } from '../parse/usage-error.ts'

export { type DetachFilter, detachFilter, usualDetachKeys } from '../../spec/detach-keys.ts'

/** `ctrl-p,ctrl-q` as bytes; empty for none. @throws UsageError */
export function parseDetachKeys(keys: string): number[] {
  try {
    return parse(keys)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Before anything is started. @throws ExitError with podman's exit code, which is the command's */
export function checkDetachKeys(keys: string, code: number): void {
  try {
    parseDetachKeys(keys)
  } catch (error) {
    throw new ExitError(code, (error as Error).message, error)
  }
}
