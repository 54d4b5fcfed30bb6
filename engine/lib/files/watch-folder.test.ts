import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { watchFolder } from './watch-folder.ts'

const fail = (error: Error) => {
  throw error
}

test('a change is told by its name; without a watcher left, something has changed now and then until it is closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-watch-'))
  try {
    const named = Promise.withResolvers<string | null>()
    const watched = watchFolder(folder, named.resolve, fail)
    writeFileSync(join(folder, 'new'), '')
    expect(await named.promise).toBe('new')
    watched.close()

    const unknown = Promise.withResolvers<string | null>()
    const none = () => {
      throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
    }
    const looked = watchFolder(folder, unknown.resolve, fail, none)
    expect(await unknown.promise).toBe(null)
    looked.close()
    expect(() => watchFolder(join(folder, 'missing'), () => {}, fail)).toThrow('ENOENT')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
