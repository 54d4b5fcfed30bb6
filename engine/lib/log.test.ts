import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createLogger } from './log.ts'

function linesOf(write: (file: string) => void): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-log-'))
  try {
    const file = path.join(folder, 'log')
    write(file)
    return readFileSync(file, 'utf8').trimEnd().split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a line carries time, level, message and fields, and nothing breaks it in two', () => {
  const lines = linesOf((file) => {
    createLogger({ file, fields: { operation: 'container.start' } }).error('no\nway "out"', {
      requestId: 'r1',
      object: 'a b',
      absent: undefined,
    })
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(
    /^time="[^"]+Z" level=error msg="no\\nway \\"out\\"" operation=container\.start requestId=r1 object="a b"$/,
  )
})

test('what is below the level is not written', () => {
  const lines = linesOf((file) => {
    const log = createLogger({ file, level: 'info' })
    log.debug('hidden')
    log.info('shown')
  })
  expect(lines).toHaveLength(1)
})

test('a log that cannot be written does no harm', () => {
  expect(() => createLogger({ file: '/nonexistent/log' }).error('lost')).not.toThrow()
})
