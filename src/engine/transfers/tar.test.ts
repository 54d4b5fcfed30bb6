import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { firstFile, tarOf } from './tar.ts'

const fileAt = (path: string, content: string): File =>
  Object.defineProperty(new File([content], path.slice(path.lastIndexOf('/') + 1)), 'webkitRelativePath', {
    value: path.includes('/') ? path : '',
  })

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())

async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const all: number[] = []
  for await (const piece of source) all.push(...piece)
  return new TextDecoder().decode(Uint8Array.from(all))
}

test('tar(1) reads what is written: files, folders, and names that are long', async () => {
  const long = `site/${'a long name '.repeat(12)}ü.txt`
  const folder = mkdtempSync(join(tmpdir(), 'berth-tar-'))
  try {
    const archive = await bytesOf(tarOf([fileAt('site/index.html', '<p>'), fileAt(long, 'x'.repeat(700)), fileAt('alone', '')]))
    writeFileSync(join(folder, 'a.tar'), archive)
    const names = execFileSync('tar', ['-tf', join(folder, 'a.tar'), '--quoting-style=literal'], { encoding: 'utf8' })
    expect(names.trimEnd().split('\n')).toEqual(['site/', 'site/index.html', long, 'alone'])
    execFileSync('tar', ['-xf', join(folder, 'a.tar'), '-C', folder])
    expect(readFileSync(join(folder, long), 'utf8')).toBe('x'.repeat(700))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([1, 100, 512, 4096])('the first file is found, whatever comes before it, in pieces of %i bytes', async (size) => {
  const archive = await bytesOf(tarOf([fileAt(`folder/${'n'.repeat(120)}`, 'content')]))
  expect(await textOf(firstFile(inPieces(archive, size)))).toBe('content')
})

test('an archive that is cut off is no file', async () => {
  const archive = await bytesOf(tarOf([fileAt('a', 'x'.repeat(2000))]))
  await expect(textOf(firstFile(inPieces(archive.subarray(0, 1000), 100)))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  await expect(textOf(firstFile(inPieces(await bytesOf(tarOf([])), 100)))).rejects.toMatchObject({ code: 'ArchiveInvalid' })
})
