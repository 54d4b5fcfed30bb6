// npm test: every test there is, one stage after another. `npm test -- unit e2e` runs only those stages.
// The last line printed is `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIsCurrent } from './fingerprint.mjs'
import { ensurePrograms, runtimePackages, testPackages } from './packages.mjs'
import { ensurePackages, toolchainEnv, top } from './toolchain.mjs'

const reports = join(top, '.cache/reports')
const minutes = (count) => count * 60_000
const say = (line) => console.log(line)

/** A stage that is one check: its exit code is the result. */
const check = (name, what, command, limit = minutes(5)) => ({ name, what, command, limit })

/** A stage of vitest projects: its report holds the counts. */
const suite = (name, what, projects, limit) => ({
  name,
  what,
  limit,
  report: join(reports, `${name}.json`),
  command: [
    'vitest',
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, `${name}.json`)}`,
  ],
})

const stages = [
  check('types', 'type check', ['tsc', '-b']),
  check('lint', 'lint, with types', ['oxlint', '--type-aware', '--quiet']),
  check('build', 'build', ['node', 'esbuild.config.ts']),
  suite('unit', 'unit tests of engine, bridge and page', ['unit', 'page'], minutes(10)),
  suite('e2e', 'the engine as root and as ordinary users', ['e2e'], minutes(25)),
  suite('clients', 'foreign clients', ['clients'], minutes(15)),
  suite('browser', 'the page in Chromium', ['browser'], minutes(20)),
  suite('host', 'the core again on a machine with systemd and cgroup v2', ['host'], minutes(35)),
]

const total = { passed: 0, failed: 0, skipped: 0 }
const skippedNames = []
const timings = []

function choose(names) {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name))
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(', ')}: choose from ${stages.map((stage) => stage.name).join(', ')}.`)
    process.exit(2)
  }
  if (names.length === 0) return stages
  const needsBuild = names.some((name) => ['e2e', 'clients', 'browser', 'host'].includes(name)) && !buildIsCurrent()
  return stages.filter((stage) => names.includes(stage.name) || (needsBuild && stage.name === 'build'))
}

// A group of its own, so that a stage that hangs is ended with all it started and nothing else.
function run([program, ...args], limit) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: top, env: toolchainEnv(), stdio: ['ignore', 'inherit', 'inherit'], detached: true })
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        // it has ended meanwhile
      }
    }
    const timer = setTimeout(() => {
      say(`The stage took longer than ${limit / 60_000} minutes and is ended.`)
      end('SIGTERM')
      setTimeout(() => end('SIGKILL'), 20_000).unref()
    }, limit)
    const stop = () => end('SIGTERM')
    process.once('SIGINT', stop).once('SIGTERM', stop)
    child.on('error', () => resolve(127))
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve(signal ? 1 : code)
    })
  })
}

function addReport(path, code) {
  const names = [path, path.replace(/\.json$/, '-guest.json')].filter((name) => existsSync(name))
  if (!names.includes(path)) {
    say(`${path} is missing: the stage broke off.`)
    total.failed += 1
    return
  }
  const failedBefore = total.failed
  for (const name of names) {
    const report = JSON.parse(readFileSync(name, 'utf8'))
    total.passed += report.numPassedTests
    total.failed += report.numFailedTests
    total.skipped += report.numPendingTests + report.numTodoTests
    for (const file of report.testResults) {
      // A file that could not be loaded, or whose set-up or leak check failed, has no failed test to count.
      if (file.status === 'failed' && !file.assertionResults.some((each) => each.status === 'failed')) total.failed += 1
      for (const each of file.assertionResults)
        if (['pending', 'skipped', 'todo'].includes(each.status)) skippedNames.push(each.fullName)
    }
  }
  if (code !== 0 && total.failed === failedBefore) total.failed += 1
}

async function runStage(stage) {
  say(`\n== ${stage.name}: ${stage.what} ==`)
  const began = Date.now()
  if (stage.report) {
    rmSync(stage.report, { force: true })
    rmSync(stage.report.replace(/\.json$/, '-guest.json'), { force: true })
  }
  const code = await run(stage.command, stage.limit)
  if (stage.report) addReport(stage.report, code)
  else if (code === 0) total.passed += 1
  else total.failed += 1
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  timings.push(`${stage.name} ${seconds} s`)
  say(`-- ${stage.name}: ${code === 0 ? 'good' : 'failed'} in ${seconds} s`)
}

async function main() {
  process.chdir(top)
  const chosen = choose(process.argv.slice(2))
  const began = Date.now()
  ensurePackages(say)
  if (!ensurePrograms([...runtimePackages, ...testPackages], say)) total.failed += 1
  timings.push(`set-up ${((Date.now() - began) / 1000).toFixed(1)} s`)
  mkdirSync(reports, { recursive: true })
  for (const stage of chosen) await runStage(stage)
  say(`\nTimes: ${timings.join(', ')}; ${((Date.now() - began) / 60_000).toFixed(1)} min in all.`)
  for (const name of skippedNames) say(`Skipped: ${name}`)
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

await main()
