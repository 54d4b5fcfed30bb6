import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { writeFileAtomic } from '../../../lib/files/atomic-file.ts'
import { maxSecretSize } from '../../../spec/secret.ts'
import type { SecretDriver } from './driver.ts'

/** A file for each value, 0600 in a folder that is 0700. */
export function fileDriver(folder: string): SecretDriver {
  const file = (id: string) => path.join(folder, id)
  return {
    async store(id, value) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      await writeFileAtomic(file(id), value, { mode: 0o600, sync: true })
    },
    async lookUp(id) {
      const value = await readBytes(file(id))
      if (value) return value
      throw new EngineError('SecretDriverFailed', `${id}: no secret data with ID: its file ${file(id)} is missing.`, {
        details: { id },
      })
    },
    async delete(id) {
      rmSync(file(id), { force: true })
    },
  }
}

/** Removes values that belong to no secret: a process was killed between a value and its record. */
export function sweepFiles(folder: string, known: ReadonlySet<string>): void {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  for (const name of names) if (!known.has(name)) rmSync(path.join(folder, name), { force: true })
}

async function readBytes(file: string): Promise<Buffer | undefined> {
  try {
    const handle = await open(file, 'r')
    try {
      const buffer = Buffer.alloc(maxSecretSize)
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
