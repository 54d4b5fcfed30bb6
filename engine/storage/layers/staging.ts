import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { isAlive, processStartTime } from '../../lib/process/process.ts'
import { randomToken } from '../../lib/random-id.ts'

/** A name below `folder` for what this process has not finished, or is removing: `PID-STARTTIME-RANDOM`. Nothing is made. */
export function newStagingPath(folder: string): string {
  return join(folder, `${process.pid}-${processStartTime(process.pid) ?? '0'}-${randomToken()}`)
}

/** What is below `folder`, by whether the process that made it still runs. */
export function stagingNames(folder: string): { busy: string[]; left: string[] } {
  const names = readdirSync(folder)
  const busy = names.filter((name) => {
    const match = /^(\d+)-(\d+)-[0-9a-f]+$/.exec(name)
    return match !== null && isAlive(Number(match[1]), match[2])
  })
  return { busy, left: names.filter((name) => !busy.includes(name)) }
}
