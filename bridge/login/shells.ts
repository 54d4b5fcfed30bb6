import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import type { Account } from './account.ts'

/** Where the system lists its login shells, shells(5). */
const list = '/etc/shells'

/** What getusershell(3) gives where there is no list. */
const withoutList = ['/bin/sh', '/bin/csh']

/** Shells that refuse logins. Some systems list them for other programs. */
const closed = /\/(nologin|false)$/

/** The login shells of a system, as getusershell(3) reads them: a path a line, `#` begins a comment. */
export function loginShells(file = list): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return [...withoutList]
  }
  return text.split('\n').flatMap((line) => {
    const shell = /^[^/#]*(\/[^\s#]+)/.exec(line)?.[1]
    return shell === undefined ? [] : [shell]
  })
}

/** Whether the account has a login shell: it is in the system's list, and executable. */
export function hasLoginShell({ shell }: Account, file = list): boolean {
  return !closed.test(shell) && loginShells(file).includes(shell) && canRun(shell)
}

function canRun(program: string): boolean {
  try {
    accessSync(program, constants.X_OK)
    return statSync(program).isFile()
  } catch {
    return false
  }
}
