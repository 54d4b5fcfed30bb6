import { inject } from 'vitest'
import { must, type Result, run } from '../support/processes.ts'
import { processesOf } from '../support/users.ts'
import { become, environment, type User } from '../support/users.ts'
import type { Console } from './console.ts'

/** Runs a program as somebody who is logged in at the console's host: where the console's sockets and logs are. */
export function inside(console_: Console, user: User, argv: readonly string[], input = ''): Promise<Result> {
  const { HOME = '/' } = environment(user)
  const env = { ...environment(user), XDG_RUNTIME_DIR: `/run/user/${user.uid}`, XDG_DATA_HOME: `${HOME}/.local/share` }
  const words = ['nsenter', '-t', String(console_.service.child.pid), '-m', '--', ...become(user), ...argv]
  return run(words[0]!, words.slice(1), { env, cwd: '/', input, timeout: 120_000 })
}

/** `berth`, so. */
export const berthInside = (console_: Console, user: User, ...args: string[]): Promise<Result> =>
  inside(console_, user, [`${inject('stage').dist}/bin/berth`, ...args])

/** Ends what a test user still runs, such as the process that holds their namespaces, which may be outside of a console's. */
export async function endProcesses(user: User): Promise<void> {
  const pids = processesOf(user)
  if (pids.length > 0) await must('kill', ['-9', ...pids.map(String)]).catch(() => {})
  while (processesOf(user).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
}
