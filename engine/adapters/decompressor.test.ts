import { execFileSync } from 'node:child_process'
import { crc32 } from 'node:zlib'

import { expect, test } from 'vitest'

import { which } from '../lib/process/exec.ts'
import { once } from '../lib/async/once.ts'
import { decompressWithProgram } from './decompressor.ts'

const plain = async (bytes: Buffer): Promise<string> => {
  const parts: Uint8Array[] = []
  for await (const part of decompressWithProgram('xz', once(bytes))) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** The same stream, said to need a dictionary of `code` (xz-file-format.txt 5.3.1: 40 is 4 GiB). */
function withDictionary(stream: Buffer, code: number): Buffer {
  const changed = Buffer.from(stream)
  const start = 12
  const end = start + (changed[start]! + 1) * 4
  const filter = changed.indexOf(Buffer.of(0x21, 0x01), start)
  changed[filter + 2] = code
  changed.writeUInt32LE(crc32(changed.subarray(start, end - 4)), end - 4)
  return changed
}

test.skipIf(which('xz') === null)('a stream that wants very much memory is refused, whatever it holds', async () => {
  const stream = execFileSync('xz', ['-9', '-c'], { input: 'content' })
  expect(await plain(stream)).toBe('content')
  // 256 MiB
  expect(await plain(withDictionary(stream, 32))).toBe('content')
  await expect(plain(withDictionary(stream, 40))).rejects.toMatchObject({
    code: 'LayerInvalid',
    message: expect.stringContaining('Memory usage limit'),
  })
})
