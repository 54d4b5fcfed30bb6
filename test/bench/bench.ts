import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must, run } from '../support/processes.ts'
import type { Registry } from '../support/registry.ts'
import type { Subject } from './engines.ts'
import type { Row } from './table.ts'

/** What every part of the comparison has. */
export interface Bench {
  /** Scratch, removed at the end with all that is mounted below. */
  folder: string
  launcher: string
  registry: Registry
  registriesConf: string
  /** Both engines, with a small image each. */
  both: [Subject, Subject]
  busybox: string
  quick: boolean
  rounds: number
  add(row: Row): void
}

/** Measurements that belong together, by the name that chooses them. */
export interface Part {
  name: string
  run(bench: Bench): Promise<void>
}

/** Both numbers of a comparison as a row. */
export function pair(what: string, unit: string, [berth, peer]: readonly number[], most?: number): Row {
  return { what, unit, berth: berth!, peer: peer!, ...(most === undefined ? {} : { target: { most } }) }
}

let count = 0

/**
 * A new, empty ext4: where many files were deleted a while ago, ext4 is slow for minutes, and that is nobody's merit. A plain
 * folder where nothing can be mounted.
 */
export async function freshDisk(folder: string, gigabytes: number): Promise<{ path: string; free(): Promise<void> }> {
  const path = join(folder, `disk-${(count += 1)}`)
  mkdirSync(path, { recursive: true })
  const image = `${path}.img`
  writeFileSync(image, '')
  truncateSync(image, gigabytes * 1024 ** 3)
  const made = await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image])
  const mounted = made.code === 0 && (await run('mount', ['-o', 'loop', image, path])).code === 0
  return {
    path,
    async free() {
      if (!mounted) return void (await run('rm', ['-rf', path, image]))
      // Podman leaves mounts of its own below.
      await run('umount', ['-R', path])
      await must('rm', ['-f', image])
    },
  }
}
