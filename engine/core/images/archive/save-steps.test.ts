import { expect, test } from 'vitest'

import type { BlobProgress } from '../../../contract/index.ts'
import type { TarInput } from '../../../lib/tar/index.ts'
import { withSteps } from './save-steps.ts'

const hex = 'a'.repeat(64)
const header = (path: string, size: number) => ({ path, type: 'file' as const, mode: 0o644, uid: 0, gid: 0, size, mtime: 0n })

async function* bytes() {
  yield Buffer.from('abc')
  yield Buffer.from('de')
}

async function* members(): AsyncGenerator<TarInput> {
  yield { header: header(`${hex}.tar`, 5), body: bytes() }
  yield { header: header('manifest.json', 2), body: [Buffer.from('{}')] }
}

test('a layer is reported when it begins and when all of it has been read; documents are not', async () => {
  const steps: BlobProgress[] = []
  const read: string[] = []
  for await (const { body = [] } of withSteps(members(), (step) => steps.push(step)))
    read.push(Buffer.concat(await Array.fromAsync<Uint8Array>(body)).toString())
  expect(read).toEqual(['abcde', '{}'])
  expect(steps.map(({ phase, current, total }) => [phase, current, total])).toEqual([
    ['uploading', 0, 5],
    ['done', 5, 5],
  ])
  expect(new Set(steps.map(({ digest }) => digest))).toEqual(new Set([`sha256:${hex}`]))
})
