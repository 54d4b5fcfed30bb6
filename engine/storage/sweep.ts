import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'

import { readRecord } from './layers/layer-record.ts'
import type { ChainId } from '../image/index.ts'
import type { Layout } from './layout.ts'
import { lowerLinks } from './snapshots/snapshot-record.ts'
import { sweepCopies } from './snapshots/mapped-layers.ts'
import { stagingNames } from './layers/staging.ts'

/**
 * Removes unfinished work of processes that have ended: folders under `staging/`, temporary files, and short names that lead
 * nowhere, or beside the one that their layer knows itself by.
 */
export async function sweep(layout: Layout): Promise<void> {
  const { busy, left } = stagingNames(layout.staging)
  for (const name of left) await rm(join(layout.staging, name), { recursive: true, force: true })
  // A running process creates the short name just before its layer appears.
  if (busy.length > 0) return
  const wanted = wantedLinks(layout)
  const targets = new Set([...wanted].map((link) => targetOf(join(layout.root, link))))
  await sweepCopies(layout, (target) => targets.has(target))
  for (const name of readdirSync(layout.links)) {
    const file = join(layout.links, name)
    if (existsSync(file) && isWanted(layout, file, name, wanted)) continue
    await unlink(file).catch(() => {})
  }
}

function targetOf(link: string): string | undefined {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : undefined
}

/** Short names that containers' file systems were made with. */
function wantedLinks(layout: Layout): Set<string> {
  const ids = readdirSync(join(layout.root, 'containers')).filter((name) => /^[0-9a-f]{64}$/.test(name))
  return new Set(ids.flatMap((id) => lowerLinks(layout, id) ?? []))
}

function isWanted(layout: Layout, file: string, name: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.has(layout.link(name))) return true
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  const chainId = /^\.\.\/layers\/([0-9a-f]{64})\/diff$/.exec(readlinkSync(file))?.[1] as ChainId | undefined
  if (!chainId) return false
  try {
    return readRecord(layout.layer(chainId), chainId).links[0] === name
  } catch {
    // Which name a damaged layer has is for a check to find out.
    return true
  }
}
