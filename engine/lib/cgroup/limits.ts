import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import type { CgroupPaths } from './paths.ts'

/** Bytes or operations a second of one device. */
interface Rate {
  major: number
  minor: number
  rate: number
}

/** Limits of a group that its runtime does not change once it is there. */
export interface GroupLimits {
  readBytes?: readonly Rate[]
  writeBytes?: readonly Rate[]
  readOperations?: readonly Rate[]
  writeOperations?: readonly Rate[]
  /** Version 1 alone. */
  swappiness?: number | undefined
  /** Version 1 alone. */
  disableOomKiller?: boolean | undefined
}

/** By limit: the file of version 1, and the key of version 2's `io.max`. */
const throttles = {
  readBytes: ['blkio.throttle.read_bps_device', 'rbps'],
  writeBytes: ['blkio.throttle.write_bps_device', 'wbps'],
  readOperations: ['blkio.throttle.read_iops_device', 'riops'],
  writeOperations: ['blkio.throttle.write_iops_device', 'wiops'],
} as const

/** Writes limits into a group's files. @throws EngineError `LimitUnavailable` for a value that the kernel refuses. */
export function writeLimits({ mode, folders }: CgroupPaths, limits: GroupLimits): void {
  const folder = folders[mode === 'v2' ? 'unified' : 'blkio']
  for (const [name, [file, key]] of Object.entries(throttles)) {
    for (const { major, minor, rate } of limits[name as keyof typeof throttles] ?? []) {
      const device = `${major}:${minor}`
      if (mode === 'v2') write(folder, 'io.max', `${device} ${key}=${rate === 0 ? 'max' : rate}`)
      else write(folder, file, `${device} ${rate}`)
    }
  }
  if (mode === 'v2') return
  if (limits.swappiness !== undefined) write(folders['memory'], 'memory.swappiness', String(limits.swappiness))
  if (limits.disableOomKiller !== undefined) write(folders['memory'], 'memory.oom_control', limits.disableOomKiller ? '1' : '0')
}

function write(folder: string | undefined, name: string, text: string): void {
  const file = folder === undefined ? undefined : path.join(folder, name)
  const problem = (reason: string, cause?: unknown) =>
    new EngineError(
      'LimitUnavailable',
      `The limit ${JSON.stringify(text)} cannot be written to the control group file ${name}: ${reason}.`,
      {
        details: { file: name },
        cause,
      },
    )
  if (file === undefined || !existsSync(file)) throw problem('this host does not have it')
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw problem((error as Error).message.replace(/, write$/, ''), error)
  }
}
