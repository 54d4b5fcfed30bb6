import { join } from 'node:path'
import { expect } from 'vitest'
import { type Berth, berthAs } from '../e2e/berth.ts'

/** `berth` as somebody who logged in has it: with the store and the runtime directory that the console's session uses too. */
export function loginBerth(name: string): Berth {
  const berth = berthAs(name)
  const { home, uid } = berth.user
  const session = { XDG_DATA_HOME: join(home, '.local/share'), XDG_RUNTIME_DIR: `/run/user/${uid}` }
  const attempt: Berth['try'] = (args, options = {}) => berth.try(args, { ...options, env: { ...session, ...options.env } })
  const call = async (...args: string[]) => {
    const { code, stdout, stderr } = await attempt(args)
    expect(code, `${name}: berth ${args.join(' ')}: ${stderr}${stdout}`).toBe(0)
    return stdout.replace(/\n$/, '')
  }
  return Object.assign(call, { ...berth, try: attempt, json: async (...args: string[]) => JSON.parse(await call(...args)) })
}
