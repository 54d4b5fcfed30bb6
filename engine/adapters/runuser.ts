import { existsSync } from 'node:fs'

import { requireProgram } from '../lib/process/exec.ts'

/** An account of this host. */
export interface Account {
  name: string
  uid: number
  gid: number
  home: string
}

/** The command line that runs another as `account`, from root (runuser(1), util-linux), with nothing of root's environment. */
export function runuserCommand({ name, uid, home }: Account, command: readonly string[]): string[] {
  const runtime = `/run/user/${uid}`
  const environment = [
    `HOME=${home}`,
    `USER=${name}`,
    `LOGNAME=${name}`,
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...(existsSync(runtime) ? [`XDG_RUNTIME_DIR=${runtime}`] : []),
  ]
  return [requireProgram('runuser'), '-u', name, '--', 'env', '-i', ...environment, ...command]
}
