import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An ordinary user of sandboxes. */
export interface Account {
  name: string
  /** The line of shadow(5) after the name: the hash of the password. */
  hash: string
}

/** Ids of one sandbox. Its users are nobody outside of it; limits that the kernel keeps per user id should be theirs alone. */
interface Ids {
  uid: number
  /** The first of 65,536 sub-ids. */
  subids: number
}

let made = 0

/** Ids that no other sandbox of this run has, and hardly one of another run. */
export function nextIds(pid = process.pid): Ids {
  const slot = (pid * 61 + made++) % 20_000
  return { uid: 20_000 + slot, subids: 0x1000_0000 + slot * 0x1_0000 }
}

/** Adds users to the files of an /etc, makes their homes, and returns their ids. */
export function writeAccounts(etc: string, homes: string, accounts: readonly Account[]): number[] {
  const rows = accounts.map((account) => ({ ...account, ...nextIds() }))
  const names = new Set(rows.map(({ name }) => name))
  const add = (file: string, lines: string[]): void => {
    const path = join(etc, file)
    const kept = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !names.has(line.split(':')[0]!))
    writeFileSync(path, [...kept, ...lines, ''].join('\n'))
  }
  add(
    'passwd',
    rows.map(({ name, uid }) => `${name}:x:${uid}:${uid}:Berth test:/home/${name}:/bin/bash`),
  )
  add(
    'group',
    rows.map(({ name, uid }) => `${name}:x:${uid}:`),
  )
  add(
    'gshadow',
    rows.map(({ name }) => `${name}:!::`),
  )
  add(
    'shadow',
    rows.map(({ name, hash }) => `${name}:${hash}:20000:0:99999:7:::`),
  )
  for (const file of ['subuid', 'subgid'])
    add(
      file,
      rows.map(({ name, subids }) => `${name}:${subids}:65536`),
    )
  for (const { name, uid } of rows) {
    const home = join(homes, name)
    mkdirSync(home)
    cpSync(join(etc, 'skel'), home, { recursive: true })
    chmodSync(home, 0o700)
    chownSync(home, uid, uid)
  }
  return rows.map(({ uid }) => uid)
}
