import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { CallOptions, Parsed } from '../../../contract/index.ts'
import type { Context } from '../../context.ts'
import { readPolicy } from './policy-file.ts'
import { show } from './show.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const shown = (policyPath: string) => show({} as Context, { policyPath } as Parsed<'trust.show'>, {} as CallOptions)

test.each([
  ['that is not there', 'none.json'],
  ['that is a folder', '.'],
])('a policy %s is refused by its code, naming the file and not the system’s words', async (_, name) => {
  const file = join(folder, name)
  for (const read of [shown, readPolicy]) {
    const failure = read(file)
    await expect(failure).rejects.toMatchObject({ code: 'PolicyInvalid', details: { file } })
    await expect(failure).rejects.toThrow(file)
    await expect(failure).rejects.not.toThrow(/ENOENT|no such file|illegal operation/)
  }
})

test('a policy that is there is shown as it is', async () => {
  const file = join(folder, 'policy.json')
  writeFileSync(file, '{"default":[{"type":"reject"}]}')
  expect(await shown(file)).toMatchObject({ File: file, Raw: '{"default":[{"type":"reject"}]}', Policies: [{ type: 'reject' }] })
  expect(await readPolicy(file)).toMatchObject({ default: [{ type: 'reject' }] })
})
