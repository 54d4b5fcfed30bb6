import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Rings of one user. More are not kept: those written longest ago go, so that nobody's containers push out another's. With
 * {@link ringFileBytes} it bounds the disk used.
 */
export const maxRings = 500

/** The key of a ring with the sums over all containers of a user. */
export const totalKey = 'total'

/** The key of a container's ring: its name, so that its history survives its recreation; its id where the name is not known. */
export const ringKey = ({ id, name }: { id: string; name?: string }): string => (name === undefined ? `id ${id}` : `name ${name}`)

/** Where a ring is; keys hold what file names may not. */
export function ringFile(folder: string, key: string): string {
  return path.join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.ring`)
}

/** Makes a user's folder where it is missing, and removes the rings written longest ago beyond `most`, or before `oldest` (epoch milliseconds). */
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
