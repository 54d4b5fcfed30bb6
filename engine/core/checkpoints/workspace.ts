import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import type { Context } from '../context.ts'

/** A folder for one export or import. The caller removes it. */
export interface Workspace {
  path: string
  /** Idempotent. */
  remove(): Promise<void>
}

/** Makes a folder, for root only, on the file system of the store, so that files can be moved and linked. */
export function makeWorkspace(context: Context): Workspace {
  const parent = path.join(context.root, 'checkpoints')
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(path.join(parent, '.work-'))
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
