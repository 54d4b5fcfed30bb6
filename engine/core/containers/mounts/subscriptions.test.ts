import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { copySubscriptions, readMountsConf } from './subscriptions.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-subscriptions-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const file = (name: string) => path.join(folder, name)

test('lines name a source and a place, the first file of a place counts, and what is wrong is named', async () => {
  writeFileSync(file('one'), '# comment\n/a:/run/secrets\n\n/b\n')
  writeFileSync(file('two'), '/c:/run/secrets\n')
  expect(await readMountsConf([file('one'), file('two'), file('none')])).toEqual([
    { source: '/a', destination: '/run/secrets' },
    { source: '/b', destination: '/b' },
  ])
  writeFileSync(file('two'), 'a:b\n')
  await expect(readMountsConf([file('two')])).rejects.toThrow(/two has the line "a:b"/)
})

test('what is there is copied, with files that links lead to; what is missing is told', () => {
  mkdirSync(file('secrets/sub'), { recursive: true })
  writeFileSync(file('secrets/sub/key'), 'k')
  symlinkSync('sub/key', file('secrets/link'))
  symlinkSync('/', file('secrets/root'))
  const skipped: string[] = []
  const mounts = copySubscriptions(
    [
      { source: file('secrets'), destination: '/run/secrets' },
      { source: file('none'), destination: '/x' },
    ],
    file('copies'),
    (source) => void skipped.push(source),
  )
  expect(skipped).toEqual([file('none')])
  expect(mounts).toEqual([
    { destination: '/run/secrets', type: 'bind', source: file('copies/run/secrets'), options: ['bind', 'rprivate'] },
  ])
  for (const name of ['sub/key', 'link']) expect(readFileSync(file(`copies/run/secrets/${name}`), 'utf8')).toBe('k')
  expect(() => readFileSync(file('copies/run/secrets/root'))).toThrow(/ENOENT/)
})
