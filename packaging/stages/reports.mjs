// What vitest's reports of a run of npm test add up to.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { top } from '../toolchain.mjs'

/** Counts to add reports to. `files` are those that tests are in, with their seconds; `failures` says what failed, each in a few lines. */
export const emptyTotal = () => ({ passed: 0, failed: 0, skipped: 0, failures: [], skippedNames: [], files: [] })

/** Adds what a stage's report holds. `code` is the stage's exit code: a failure that no report holds counts as one. */
export function addReport(total, path, code) {
  if (!existsSync(path)) {
    fail(total, `${path} is missing: the stage broke off.`)
    return
  }
  const failedBefore = total.failed
  const report = JSON.parse(readFileSync(path, 'utf8'))
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests
  total.skipped += report.numPendingTests + report.numTodoTests
  for (const file of report.testResults) addFile(total, file)
  if (code !== 0 && total.failed === failedBefore) fail(total, `${path} holds no failure, yet its stage ended with ${code}.`)
}

/** Counts one failure that no report counts, and keeps what it is. */
export function fail(total, what) {
  total.failed += 1
  total.failures.push(what)
}

function addFile(total, { name, status, startTime, endTime, message, assertionResults }) {
  const file = relative(top, name)
  total.files.push({ name: file, seconds: (endTime - startTime) / 1000 })
  const failed = assertionResults.filter((each) => each.status === 'failed')
  for (const each of failed) total.failures.push(`${file} > ${each.fullName}\n${extract(each.failureMessages.join('\n'))}`)
  // A file that could not be loaded, or whose set-up or leak check failed, has no failed test to count.
  if (status === 'failed' && failed.length === 0) fail(total, `${file}\n${extract(message)}`)
  for (const each of assertionResults)
    if (['pending', 'skipped', 'todo'].includes(each.status)) total.skippedNames.push(each.fullName)
}

/** The first and last lines of a message, indented: enough to know what is wrong where the rest of the output is not kept. */
function extract(message, first = 12, last = 30) {
  const lines = stripVTControlCharacters(message ?? '')
    .trim()
    .split('\n')
    // A stack begins where the message ends.
    .filter((line) => !/^\s+at .*:\d+:\d+\)?$/.test(line))
  const kept = lines.length <= first + last ? lines : [...lines.slice(0, first), '…', ...lines.slice(-last)]
  return kept.map((line) => `    ${line.slice(0, 400)}`).join('\n')
}

/** The files that took longest, in seconds. */
export function slowest({ files }, count) {
  return files.toSorted((a, b) => b.seconds - a.seconds).slice(0, count)
}
