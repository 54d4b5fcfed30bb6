import { expect, test } from 'vitest'

import type { ContainersConf } from '../../config/containers-conf.ts'
import type { Context } from '../../context.ts'
import { addedCompressions, compressionFor } from './configured-compression.ts'

const withEngine = (engine: ContainersConf['engine']): Context =>
  ({ conf: () => Promise.resolve({ containers: {}, engine, network: {}, secrets: {} }) }) as unknown as Context
const registry = 'docker://example.org/a/b:c'
const chunked = withEngine({ compressionFormat: 'zstd:chunked', compressionLevel: 7, addCompression: ['gzip', 'zstd'] })

test('containers.conf says how is compressed where nobody else does', async () => {
  expect(await compressionFor(withEngine({}), {}, registry)).toEqual({})
  expect(await compressionFor(chunked, {}, registry)).toEqual({ compressionFormat: 'zstd:chunked', compressionLevel: 7 })
  expect(await compressionFor(chunked, { format: 'oci', compressionLevel: 2 }, registry)).toEqual({
    compressionFormat: 'zstd:chunked',
    compressionLevel: 2,
  })
  expect(await compressionFor(chunked, { compressionFormat: 'gzip' }, registry)).toEqual({ compressionFormat: 'gzip' })
  expect(await compressionFor(chunked, { compressionFormat: 'zstd:chunked' }, registry)).toEqual({
    compressionFormat: 'zstd:chunked',
    compressionLevel: 7,
  })
})

test('it does not count where it cannot', async () => {
  for (const place of ['docker-archive:/a.tar', 'docker-daemon:a:b', 'containers-storage:a'])
    expect(await compressionFor(chunked, {}, place)).toEqual({})
  expect(await compressionFor(chunked, { format: 'v2s2' }, registry)).toEqual({})
})

test('what is added to lists comes from it, too', async () => {
  expect(await addedCompressions(chunked, undefined)).toEqual(['gzip', 'zstd'])
  expect(await addedCompressions(chunked, ['zstd:chunked'])).toEqual(['zstd:chunked'])
  expect(await addedCompressions(withEngine({}), undefined)).toEqual([])
})

test('what is no compression is refused', async () => {
  const wrong = withEngine({ compressionFormat: 'lz', addCompression: ['bz'] })
  await expect(compressionFor(wrong, {}, registry)).rejects.toThrow(/"lz" that containers.conf names in compression_format/)
  await expect(addedCompressions(wrong, undefined)).rejects.toThrow(/"bz" that containers.conf names in add_compression/)
  await expect(addedCompressions(wrong, ['bzip2'])).rejects.toThrow(/no compressor for "bzip2": choose/)
})
