// What a build was made from, as one hash: `npm start` skips the build when dist/ already has it.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { top } from './toolchain.mjs'

const sources = ['src', 'bridge', 'engine', 'po', 'packaging', 'manifest.json', 'esbuild.config.ts', 'package-lock.json']

/** The SHA-256 of every file a build depends on, tests left out. */
export function fingerprint() {
  const hash = createHash('sha256')
  for (const name of sources) add(hash, name)
  return hash.digest('hex')
}

/** Whether dist/ was built from exactly what is here now. */
export function buildIsCurrent() {
  try {
    return readFileSync(join(top, 'dist', '.fingerprint'), 'utf8') === fingerprint()
  } catch {
    return false
  }
}

function add(hash, name) {
  let entries
  try {
    entries = readdirSync(join(top, name), { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOTDIR') hash.update(`${name}\0`).update(readFileSync(join(top, name)))
    else if (error.code !== 'ENOENT') throw error
    return
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name !== 'node_modules' && !/\.test\.tsx?$/.test(entry.name)) add(hash, `${name}/${entry.name}`)
  }
}
