import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { findInflateProgram, startInflating } from '../../../adapters/inflater.ts'
import { startHere } from '../../../adapters/start-program.ts'
import { openStartThread, type StartThread } from '../../../adapters/start-thread.ts'
import { type GrowingFile, growingFile } from './growing-file.ts'
import { inflate as inflateBlob } from './inflate.ts'

let folder: string
let fd: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-inflate-'))
  writeFileSync(join(folder, 'blob'), '')
  fd = openSync(join(folder, 'blob'), 'r+')
})
afterEach(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

const words = Array.from({ length: 4000 }, (_, index) => createHash('md5').update(String(index)).digest('hex'))
const content = Buffer.from(words.join(' what is in a layer, over and over. '))
const compressed = { gzip: gzipSync(content), zstd: zstdCompressSync(content), none: content }

/** Reads as a thread would; what the pipe holds is far more than the content, so that nothing waits for it. */
function drain(input: number): Buffer {
  const parts: Buffer[] = []
  for (;;) {
    const part = Buffer.alloc(65_536)
    const size = readSync(input, part)
    if (size === 0) return Buffer.concat(parts)
    parts.push(part.subarray(0, size))
  }
}

/** A file that arrives in pieces. */
async function arrive(bytes: Buffer, file: GrowingFile): Promise<void> {
  for (let at = 0; at < bytes.length; at += 100) {
    const piece = bytes.subarray(at, at + 100)
    writeSync(fd, piece, 0, piece.length, at)
    file.advance(at + piece.length, piece)
    if (at % 1000 === 0) await setImmediate()
  }
  file.end()
}

describe.each(['with programs', 'with programs that a thread starts', 'without programs'])('%s', (how) => {
  let thread: StartThread | undefined
  beforeAll(() => {
    if (how.includes('thread')) thread = openStartThread()
  })
  afterAll(() => thread?.close())
  const inflate = (file: GrowingFile) =>
    how === 'without programs' ? inflateBlob(file, () => null) : inflateBlob(file, findInflateProgram, thread?.start)

  test.each(['gzip', 'zstd', 'none'] as const)(
    '%s: all comes out, of a file that arrives and of one that is there',
    async (kind) => {
      const arriving = growingFile(fd)
      const [first] = await Promise.all([inflate(arriving), arrive(compressed[kind], arriving)])
      await first.done
      expect(drain(first.output).equals(content)).toBe(true)
      await first.close()

      const there = openSync(join(folder, 'blob'), 'r')
      const file = growingFile(there)
      file.advance(compressed[kind].length)
      file.end()
      const second = await inflate(file)
      await second.done
      expect(drain(second.output).equals(content)).toBe(true)
      await second.close()
      closeSync(there)
    },
  )

  test.each(['gzip', 'zstd'] as const)('%s that is cut short or damaged is refused, and the output ends', async (kind) => {
    const damaged = Buffer.from(compressed[kind])
    damaged.fill(0x5a, damaged.length >> 1)
    for (const bytes of [compressed[kind].subarray(0, -12), damaged]) {
      const file = growingFile(fd)
      const [inflating] = await Promise.all([inflate(file), arrive(bytes, file)])
      await expect(inflating.done).rejects.toMatchObject({ code: 'LayerInvalid' })
      drain(inflating.output)
      await inflating.close()
    }
  })

  test('what fails the file fails it, and what is closed early ends without an error', async () => {
    const failing = growingFile(fd)
    failing.advance(0)
    const never = inflate(failing)
    failing.fail(new Error('the network is gone'))
    await expect(never).rejects.toThrow('the network is gone')

    const started = async () => {
      const file = growingFile(fd)
      writeSync(fd, compressed.gzip, 0, 500, 0)
      file.advance(500)
      return { file, inflating: await inflate(file) }
    }
    const broken = await started()
    broken.file.fail(new Error('the network is gone'))
    await expect(broken.inflating.done).rejects.toThrow('the network is gone')
    await broken.inflating.close()

    const left = await started()
    await left.inflating.close()
    left.file.end()
    await left.inflating.done
    await left.inflating.close()
  })
})

/** How many pipes this process holds. */
const openPipes = () =>
  readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('pipe:')
    } catch {
      return false
    }
  }).length

test('a program that cannot be started fails by name, from either starter, and leaves no pipe open', async () => {
  const thread = openStartThread()!
  const fails = async (start: typeof startHere) => {
    const inflating = startInflating({ file: '/nowhere/igzip', args: [] }, fd, { start })
    await expect(inflating.done).rejects.toMatchObject({ code: 'ENOENT' })
    await inflating.close()
  }
  try {
    // The first time, what Node keeps for programs is opened as well.
    for (const start of [startHere, thread.start]) await fails(start)
    const before = openPipes()
    for (const start of [startHere, thread.start, startHere, thread.start]) await fails(start)
    await vi.waitFor(() => expect(openPipes()).toBeLessThanOrEqual(before))
  } finally {
    await thread.close()
  }
})

test('a reader that falls behind reads what is no longer kept from the file', async () => {
  const pieces = Array.from({ length: 40 }, (_, index) => Buffer.alloc(100_000, index))
  const file = growingFile(fd)
  let at = 0
  for (const piece of pieces) {
    writeSync(fd, piece, 0, piece.length, at)
    file.advance((at += piece.length), piece)
  }
  file.end()
  const read: Uint8Array[] = []
  for await (const piece of file.read()) read.push(piece)
  expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true)
  // The last ones are those that came, not copies.
  expect(read.at(-1)!.buffer === pieces.at(-1)!.buffer).toBe(true)
})

test.each(['with programs', 'without programs'])(
  '%s: a process exits although a thread waits for a layer that does not come',
  async (how) => {
    const script = `
    import { growingFile } from ${JSON.stringify(join(import.meta.dirname, 'growing-file.ts'))}
    import { inflate } from ${JSON.stringify(join(import.meta.dirname, 'inflate.ts'))}
    import { Worker } from 'node:worker_threads'
    import { openSync } from 'node:fs'
    const file = growingFile(openSync(${JSON.stringify(join(folder, 'blob'))}, 'r'))
    file.advance(500)
    const { output } = await inflate(file, ${how === 'with programs' ? 'undefined' : '() => null'})
    const reading = 'import fs from "node:fs"; while (fs.readSync(' + output + ', Buffer.alloc(65536)) > 0) ;'
    await new Promise((resolve) => new Worker(reading, { eval: true }).on('online', resolve))
    setTimeout(() => process.exit(7), 300)`
    writeSync(fd, compressed.gzip, 0, 500, 0)
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    const code = await new Promise((resolve) => child.once('exit', resolve))
    clearTimeout(timer)
    expect(code).toBe(7)
  },
  20_000,
)
