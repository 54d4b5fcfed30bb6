// npm test: every test there is. `npm test -- unit e2e` runs only those stages.
// The last line printed is `N passed, N failed, N skipped`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureClients } from './clients.mjs'
import { buildIsCurrent } from './fingerprint.mjs'
import { ensurePrograms, runtimePackages, testPackages } from './packages.mjs'
import { emptyTotal, fail, slowest } from './stages/reports.mjs'
import { runAll } from './stages/run.mjs'
import { ensurePackages, top } from './toolchain.mjs'

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

const build = check('build', 'build', ['node', 'esbuild.config.ts'])

/** One after another; one with `beside` begins when its turn comes and runs beside those that follow. */
const stages = [
  build,
  { ...suite('host', 'the core again on a machine with systemd and cgroup v2', ['host'], minutes(45)), beside: true },
  check('types', 'type check', ['tsc', '-b']),
  check('lint', 'lint, with types', ['oxlint', '--type-aware', '--quiet']),
  suite('unit', 'unit tests of engine, bridge and page', ['unit', 'mocks', 'page'], minutes(15)),
  suite('e2e', 'the engine as root and as ordinary users', ['e2e'], minutes(25)),
  suite('clients', 'foreign clients', ['clients'], minutes(15)),
  suite('browser', 'the page in Chromium', ['browser'], minutes(25)),
]

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

async function main() {
  process.chdir(top)
  const chosen = choose(process.argv.slice(2))
  const began = Date.now()
  const total = emptyTotal()
  ensurePackages(say)
  if (!ensurePrograms([...runtimePackages, ...testPackages], say))
    fail(total, 'Not every program that the tests need could be installed.')
  const lacking = chosen.some(({ name }) => name === 'clients') && !ensureClients(say)
  if (lacking) fail(total, 'The foreign clients of test/clients/npm could not be installed.')
  const setUp = `set-up ${((Date.now() - began) / 1000).toFixed(1)} s`
  mkdirSync(reports, { recursive: true })
  const timings = [setUp, ...(await runAll(chosen, { folder: reports, total, say }))]
  say(`\nTimes: ${timings.join(', ')}; ${((Date.now() - began) / 60_000).toFixed(1)} min in all.`)
  const files = slowest(total, 10)
  if (files.length > 0)
    say(`The slowest files:\n${files.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`).join('\n')}`)
  for (const name of total.skippedNames) say(`Skipped: ${name}`)
  for (const failure of total.failures) say(`Failed: ${failure}`)
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

await main()
