import { chmodSync, mkdirSync, statSync } from 'node:fs'

/** Makes sure that a folder of ours exists and that nobody else can look into it, also one that an older version left open. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700)
}
