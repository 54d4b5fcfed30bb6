import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { Context } from '../../context.ts'
import { watchForExits } from './watch.ts'

test('a service that has ended before is not watched for, and nothing is made for it', () => {
  const runRoot = mkdtempSync(join(tmpdir(), 'berth-watch-'))
  try {
    watchForExits({ runRoot } as Context, AbortSignal.abort())
    expect(existsSync(join(runRoot, 'exits'))).toBe(false)
  } finally {
    rmSync(runRoot, { recursive: true })
  }
})
