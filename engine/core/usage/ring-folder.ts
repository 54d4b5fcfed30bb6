import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/** More names than this are not kept: whichever was written longest ago goes. With {@link ringFileBytes} it bounds the disk used. */
export const maxRings = 1000

/** Where the rings of container `name` are; names hold what file names may not. */
export function ringFile(folder: string, name: string): string {
  return path.join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.ring`)
}

/** Makes the folder where it is missing, and removes the rings written longest ago beyond `most`, or before `oldest` (epoch milliseconds). */
export function tidyRings(folder: string, oldest: number, most = maxRings): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const rings = readdirSync(folder)
    .filter((file) => file.endsWith('.ring'))
    .map((file) => ({
      file: path.join(folder, file),
      written: statSync(path.join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.written - a.written)
  for (const [index, { file, written }] of rings.entries()) if (index >= most || written < oldest) rmSync(file, { force: true })
}
