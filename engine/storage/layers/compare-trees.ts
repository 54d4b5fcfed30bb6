import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import { lgetxattr, llistxattr } from '../../lib/sys/index.ts'
import { type BinaryPath, toBinary, toFile } from '../paths.ts'

const maxProblems = 10
const turnMs = 3
const pieceBytes = 1024 * 1024

interface Comparison {
  /** Absolute, binary text. */
  wanted: BinaryPath
  found: BinaryPath
  /** Folders whose owner, mode and time are those of layers below. */
  implied: ReadonlySet<BinaryPath>
  problems: string[]
  pieces: [Buffer, Buffer]
}

/**
 * What differs between a layer's folder and what it should be: kind, owner, mode, time, extended attributes and content of every
 * file. Ends after ten differences.
 */
export async function compareTrees(wanted: string, found: string, implied: readonly BinaryPath[]): Promise<string[]> {
  const comparison: Comparison = {
    wanted: toBinary(wanted),
    found: toBinary(found),
    implied: new Set(implied),
    problems: [],
    pieces: [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)],
  }
  const folders: BinaryPath[] = ['']
  let turn = performance.now()
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of namesIn(comparison, folder)) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (compareNode(comparison, path)) folders.push(path)
      if (comparison.problems.length >= maxProblems) return comparison.problems
      if (performance.now() - turn < turnMs) continue
      await setImmediate()
      turn = performance.now()
    }
  }
  return comparison.problems
}

/** Names that both folders have; what only one has is a problem. */
function namesIn({ wanted, found, problems }: Comparison, folder: BinaryPath): BinaryPath[] {
  const list = (root: BinaryPath): BinaryPath[] => readdirSync(toFile(`${root}/${folder}`), 'latin1')
  const here = new Set(list(found))
  const both: BinaryPath[] = []
  for (const name of list(wanted)) {
    if (here.delete(name)) both.push(name)
    else problems.push(`${show(folder, name)} is missing`)
  }
  for (const name of here) problems.push(`${show(folder, name)} does not belong there`)
  problems.splice(maxProblems)
  return both
}

/** @returns whether it is a folder to look into. */
function compareNode(comparison: Comparison, path: BinaryPath): boolean {
  const a = toFile(`${comparison.wanted}/${path}`)
  const b = toFile(`${comparison.found}/${path}`)
  const wanted = lstatSync(a)
  const found = lstatSync(b)
  const kind = (stats: Stats): number => stats.mode & constants.S_IFMT
  if (kind(wanted) !== kind(found) || wanted.rdev !== found.rdev) {
    comparison.problems.push(`${show(path)} is another kind of file`)
    return false
  }
  const different =
    comparison.implied.has(path) && wanted.isDirectory()
      ? undefined
      : (attributes(wanted, found) ?? (sameXattrs(a, b) ? undefined : 'other extended attributes'))
  if (different) comparison.problems.push(`${show(path)} has ${different}`)
  else if (wanted.isSymbolicLink() && readlinkSync(a, 'latin1') !== readlinkSync(b, 'latin1'))
    comparison.problems.push(`${show(path)} leads elsewhere`)
  else if (wanted.isFile() && !sameContent(a, b, comparison.pieces)) comparison.problems.push(`${show(path)} has other content`)
  return wanted.isDirectory()
}

function attributes(wanted: Stats, found: Stats): string | undefined {
  if (wanted.uid !== found.uid || wanted.gid !== found.gid)
    return `owner ${found.uid}:${found.gid} instead of ${wanted.uid}:${wanted.gid}`
  const mode = (stats: Stats): string => (stats.mode & 0o7777).toString(8)
  if (!wanted.isSymbolicLink() && mode(wanted) !== mode(found)) return `mode ${mode(found)} instead of ${mode(wanted)}`
  if (wanted.isFile() && wanted.size !== found.size) return `${found.size} bytes instead of ${wanted.size}`
  if (wanted.isFile() && wanted.nlink !== found.nlink) return `${found.nlink} names instead of ${wanted.nlink}`
  // Folders' own times change with what an administrator does in them, and nothing reads them.
  if (wanted.isFile() && Math.floor(wanted.mtimeMs / 1000) !== Math.floor(found.mtimeMs / 1000)) return 'another time'
  return undefined
}

function sameXattrs(a: string | Buffer, b: string | Buffer): boolean {
  // Labels belong to the host's policy.
  const names = (path: string | Buffer): string[] => llistxattr(path).filter((name) => name !== 'security.selinux')
  const wanted = names(a)
  const found = new Set(names(b))
  if (wanted.length !== found.size) return false
  return wanted.every((name) => found.has(name) && lgetxattr(a, name)?.equals(lgetxattr(b, name) ?? Buffer.from('\0none')))
}

function sameContent(a: string | Buffer, b: string | Buffer, [one, two]: [Buffer, Buffer]): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW
  const first = openSync(a, flags)
  try {
    const second = openSync(b, flags)
    try {
      for (;;) {
        const size = readSync(first, one, 0, one.length, null)
        if (readSync(second, two, 0, two.length, null) !== size) return false
        if (size === 0) return true
        if (!one.subarray(0, size).equals(two.subarray(0, size))) return false
      }
    } finally {
      closeSync(second)
    }
  } finally {
    closeSync(first)
  }
}

function show(...parts: BinaryPath[]): string {
  const path = parts.filter(Boolean).join('/')
  return JSON.stringify(Buffer.from(path, 'latin1').toString('utf8').slice(0, 200))
}
