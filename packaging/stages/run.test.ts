import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyTotal, slowest } from './reports.mjs'
import { runAll } from './run.mjs'

let folder: string
let lines: string[]
let total: ReturnType<typeof emptyTotal>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-stages-'))
  lines = []
  total = emptyTotal()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stage = (name: string, script: string, more: object = {}) => ({
  name,
  what: `what ${name} is`,
  command: ['sh', '-c', script],
  limit: 60_000,
  ...more,
})
const run = (...stages: object[]) => runAll(stages, { folder, total, say: (line: string) => void lines.push(line) })
const heads = () => lines.map((line) => line.trim().replace(/ in [\d.]+ s$/, '')).filter((line) => /^(==|--)/.test(line))

/** A report as vitest writes it. */
function report(name: string, statuses: string[], file: object = {}): string {
  const count = (status: string) => statuses.filter((each) => each === status).length
  const path = join(folder, name)
  const text = JSON.stringify({
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    numTodoTests: 0,
    testResults: [
      {
        name: join(import.meta.dirname, '../../test/e2e/some.test.ts'),
        status: count('failed') > 0 ? 'failed' : 'passed',
        startTime: 1_000,
        endTime: 3_500,
        assertionResults: statuses.map((status, at) => ({
          status,
          fullName: `test ${at}`,
          failureMessages: [`\u001b[31mwhy ${at}\u001b[39m`],
        })),
        ...file,
      },
    ],
  })
  writeFileSync(`${path}.ready`, text)
  return path
}

test('what runs beside others is printed whole, after them, and counted', async () => {
  const mark = join(folder, 'mark')
  const timings = await run(
    // It ends only once the next one has begun: they do run at the same time.
    stage('slow', `while [ ! -e ${mark} ]; do sleep 0.02; done; echo printed by slow; exit 3`, { beside: true }),
    stage('quick', `touch ${mark}`),
  )
  expect(heads()).toEqual([
    '== slow: what slow is == runs beside the next ones; its output follows theirs',
    '== quick: what quick is ==',
    '-- quick: good',
    '== slow: what slow is ==',
    '-- slow: failed',
  ])
  expect(lines.indexOf('printed by slow')).toBe(lines.length - 2)
  expect(total).toMatchObject({ passed: 1, failed: 1 })
  expect(timings.map((each) => each.split(' ')[0])).toEqual(['quick', 'slow'])
})

test('a report is added up, and says what failed and what took how long', async () => {
  const path = report('one.json', ['passed', 'skipped', 'failed'])
  await run(stage('one', `mv ${path}.ready ${path}; exit 1`, { report: path }))
  expect(total).toMatchObject({ passed: 1, failed: 1, skipped: 1, skippedNames: ['test 1'] })
  expect(total.failures).toEqual(['test/e2e/some.test.ts > test 2\n    why 2'])
  expect(slowest(total, 10)).toEqual([{ name: 'test/e2e/some.test.ts', seconds: 2.5 }])
})

test.each([
  ['a file whose set-up failed', ['passed'], { status: 'failed' }, 1],
  ['a failure that no report holds', ['passed'], {}, 1],
  ['nothing that failed', ['passed'], {}, 0],
] as const)('%s is counted', async (_, statuses, file, code) => {
  const path = report('one.json', [...statuses], file)
  await run(stage('one', `mv ${path}.ready ${path}; exit ${code}`, { report: path }))
  expect(total).toMatchObject({ passed: 1, failed: code })
  expect(total.failures).toHaveLength(code)
})

test('without a report a stage has failed', async () => {
  await run(stage('broken', 'exit 0', { report: join(folder, 'none.json') }))
  expect(total).toMatchObject({ passed: 0, failed: 1 })
  expect(total.failures.join('\n')).toContain('the stage broke off')
})

test('a stage that takes too long is ended with all it started', async () => {
  await run(stage('endless', 'sleep 1000 & wait', { limit: 100 }))
  expect(lines.join('\n')).toContain('took longer than')
  expect(total).toMatchObject({ failed: 1 })
})
