import { join } from 'node:path'
import { type Berth, berthAs, withEnvironment } from '../support/berth.ts'

/** `berth` as somebody who logged in has it: with the store and the runtime directory that the console's session uses too. */
export function loginBerth(name: string): Berth {
  const berth = berthAs(name)
  const { home, uid } = berth.user
  return withEnvironment(berth, { XDG_DATA_HOME: join(home, '.local/share'), XDG_RUNTIME_DIR: `/run/user/${uid}` })
}
