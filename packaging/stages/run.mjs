// Runs npm test's stages and prints what they print, one stage at a time.
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endOf, isStopped, start } from './process.mjs'
import { addReport, fail } from './reports.mjs'

/**
 * Runs stages: `name`, `what` it is, `command`, `limit` in milliseconds, `report` where there are counts to read, `beside` where it
 * need not be waited for. Adds their counts to `total` and returns how long each took.
 * Where the output of those that run beside others is kept is `folder`.
 * @returns {Promise<string[]>}
 */
export async function runAll(stages, { folder, total, say }) {
  const context = { folder, total, say, timings: [] }
  const beside = []
  for (const [at, stage] of stages.entries()) {
    if (isStopped()) {
      fail(total, `The run was stopped before the stage ${stage.name}.`)
      break
    }
    // The last one has nothing to run beside.
    if (stage.beside && at < stages.length - 1) beside.push(startBeside(stage, context))
    else await runStage(stage, context)
    for (const each of beside.filter(({ ended }) => ended())) {
      beside.splice(beside.indexOf(each), 1)
      await each.tell()
    }
  }
  for (const each of beside) await each.tell()
  return context.timings
}

async function runStage(stage, context) {
  context.say(`\n== ${stage.name}: ${stage.what} ==`)
  removeReports(stage)
  const began = Date.now()
  const code = await endOf(start(stage, 'inherit'), context.say)
  conclude(stage, { code, took: Date.now() - began }, context)
}

/** Starts a stage. Its output goes to a file, which `tell` prints when it has ended. */
function startBeside(stage, context) {
  context.say(`\n== ${stage.name}: ${stage.what} == runs beside the next ones; its output follows theirs`)
  removeReports(stage)
  const path = join(context.folder, `${stage.name}.log`)
  const output = openSync(path, 'w')
  const began = Date.now()
  const remarks = []
  let result
  const running = endOf(start(stage, output), (line) => remarks.push(line)).then((code) => {
    closeSync(output)
    result = { code, took: Date.now() - began }
  })
  return {
    ended: () => result !== undefined,
    tell: async () => {
      await running
      context.say(`\n== ${stage.name}: ${stage.what} ==`)
      for (const line of [readFileSync(path, 'utf8').trimEnd(), ...remarks]) context.say(line)
      conclude(stage, result, context)
    },
  }
}

function removeReports({ report }) {
  if (report) rmSync(report, { force: true })
}

function conclude({ name, report }, { code, took }, { total, say, timings }) {
  if (report) addReport(total, report, code)
  else if (code === 0) total.passed += 1
  else fail(total, `The stage ${name} ended with ${code}.`)
  const seconds = (took / 1000).toFixed(1)
  timings.push(`${name} ${seconds} s`)
  say(`-- ${name}: ${code === 0 ? 'good' : 'failed'} in ${seconds} s`)
}
