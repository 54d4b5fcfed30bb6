import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'

/** Bytes of all files below a folder; hard-linked files count once, files removed meanwhile not at all. */
export async function folderSize(folder: string): Promise<number> {
  const seen = new Set<number>()
  const waiting = [folder]
  let total = 0
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true }).catch(() => [])) {
      const place = path.join(current, entry.name)
      if (entry.isDirectory()) waiting.push(place)
      const found = entry.isFile() ? await lstat(place).catch(() => undefined) : undefined
      if (!found || (found.nlink > 1 && seen.has(found.ino))) continue
      if (found.nlink > 1) seen.add(found.ino)
      total += found.size
    }
  }
  return total
}
