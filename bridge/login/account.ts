import { ProblemError } from '../protocol/index.ts'
import { execFileSync } from 'node:child_process'

/** An account of the system. */
export interface Account {
  name: string
  uid: number
  gid: number
  home: string
  shell: string
}

/** Looks an account up, wherever the system keeps it (files, LDAP …). @throws ProblemError `not-found` */
export function findAccount(name: string): Account {
  let line: string
  try {
    line = execFileSync('getent', ['passwd', '--', name], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (cause) {
    throw new ProblemError('not-found', 'There is no such account.', { cause })
  }
  const [found, , uid, gid, , home, shell] = line.trim().split(':')
  if (found === undefined || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? ''))
    throw new ProblemError('not-found', 'There is no such account.')
  return { name: found, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' }
}

/** Whether an account is closed to people: its shell is one of those that only say no. */
export function isClosed({ shell }: Account): boolean {
  return /\/(nologin|false)$/.test(shell)
}
