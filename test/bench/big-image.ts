import { createHash } from 'node:crypto'
import { busyboxFiles, type Compression, image, type LayerFile, packLayer, type TestImage } from '../support/images.ts'

/** Numbers that look random and are the same every time. */
function noise(seed: string, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let index = 0; index * 32 < length; index += 1) blocks.push(createHash('sha256').update(`${seed}/${index}`).digest())
  return Buffer.concat(blocks, Math.ceil(length / 32) * 32).subarray(0, length)
}

/** About half noise and half text, as programs are: compresses to about a half. */
function content(seed: string, length: number): string {
  const half = noise(seed, Math.ceil(length / 4)).toString('base64')
  return (half + 'the quick brown fox jumps over the lazy dog '.repeat(Math.ceil(length / 44))).slice(0, length)
}

/** A layer of `megabytes` in some 1,500 files of mixed sizes. */
async function layer(name: string, megabytes: number, scratch: string, first: Record<string, LayerFile> = {}): Promise<Buffer> {
  const files = { ...first }
  const sizes = [4_000, 20_000, 60_000, 250_000]
  for (let total = 0, index = 0; total < megabytes * 1_000_000; index += 1) {
    const size = sizes[index % sizes.length]!
    files[`usr/share/${name}/${index % 40}/file-${index}`] = { text: content(`${name}${index}`, size) }
    total += size
  }
  return packLayer(files, scratch)
}

/** 300 MB in three layers, once for each compression. */
export async function bigImages(scratch: string): Promise<Record<'gzip' | 'zstd', TestImage>> {
  const layers = [
    await layer('one', 100, scratch, busyboxFiles()),
    await layer('two', 100, scratch),
    await layer('three', 100, scratch),
  ]
  const make = (compression: Compression) => image(`big-${compression}`, layers, {}, { compression })
  return { gzip: make('gzip'), zstd: make('zstd') }
}
