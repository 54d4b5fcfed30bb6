import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { Context } from '../../context.ts'
import { openDirDestination } from './dir-destination.ts'

test('a fifo in a folder to be written to is refused, and not waited for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-dir-'))
  try {
    execFileSync('mkfifo', [join(folder, 'version')])
    await expect(openDirDestination({} as Context, folder, {})).rejects.toMatchObject({ code: 'ArchiveInvalid' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
