import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { requireCatatonit } from '../../adapters/catatonit.ts'
import type { Context } from '../context.ts'
import { berthVersion } from '../system/berth-version.ts'

/** Mount points of every container; created beforehand, so that the folder stays unchanged. */
const folders = ['dev', 'etc', 'proc', 'run', 'sys', 'tmp']
const files = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'run/.containerenv']

/** What infra containers show as their image. */
export function pauseImageName(): string {
  return `localhost/berth-pause:${berthVersion()}`
}

/**
 * The root file system of infra containers, shared by all and never written: this host's catatonit alone. Made at the first
 * pod, and again when catatonit was upgraded, under a temporary name first.
 *
 * @throws EngineError `ProgramMissing`.
 */
export function pauseRootfs(context: Context): string {
  const program = requireCatatonit()
  const { size, mtimeMs } = statSync(program)
  const home = path.join(context.root, 'pause')
  const folder = path.join(home, `${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}`)
  if (existsSync(folder)) return folder
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const temporary = mkdtempSync(path.join(home, '.new-'))
  try {
    chmodSync(temporary, 0o755)
    for (const name of folders) mkdirSync(path.join(temporary, name), { mode: 0o755 })
    for (const name of files) writeFileSync(path.join(temporary, name), '', { mode: 0o644 })
    copyFileSync(program, path.join(temporary, 'catatonit'))
    chmodSync(path.join(temporary, 'catatonit'), 0o755)
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    // Another process has created it.
    if (!existsSync(folder)) throw error
  }
  return folder
}
