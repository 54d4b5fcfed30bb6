import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { observe, storeFlags } from '../start/runs.ts'
import { must } from '../support/processes.ts'

/** Of the code that a command reads it must run at least this share; modules that none of the recorded runs came to are never read. */
const leastShare = 0.6

/** What the launcher starts commands with that only read what this host has (docs/decisions/0022-baked-in-seed.md). */
const baked = '--no-rehash-snapshot'

function environment(folder: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: join(folder, 'home'),
    CONTAINERS_REGISTRIES_CONF: join(inject('stage').folder, 'registries.conf'),
  }
}

test('the common commands read little more of the program than they run', async () => {
  const stage = inject('stage')
  const folder = mkdtempSync(join(tmpdir(), 'berth-start-'))
  mkdirSync(join(folder, 'home'))
  const seen = await observe({
    launcher: join(stage.dist, 'bin/berth'),
    flags: storeFlags(folder),
    env: environment(folder),
    image: stage.images.busybox,
    folder,
  })
  for (const [name, { modules, files, read }] of seen) {
    const needed = [...modules.values()].reduce((sum, bytes) => sum + bytes, 0)
    expect.soft(files, `berth ${name} reads what no recorded run needed`).not.toContain('rest.js')
    expect.soft(needed / read, `share of what berth ${name} reads that it runs`).toBeGreaterThan(leastShare)
  }
  expect(seen.size).toBe(32)
})

test.each(['pull x', 'ps', 'system service --time 0', 'console', '--as=skopeo copy a b'])(
  'V8 takes the code that the build compiled, with the flags of berth %s',
  async (line) => {
    const { dist } = inject('stage')
    const words = (await startedWith(line)).split(' ')
    // Not what closes the descriptors of this process.
    const flags = words.slice(0, words.indexOf('--')).filter((word) => word !== '--require' && !word.endsWith('.cjs'))
    const program = `
    const { readdirSync, readFileSync } = require('node:fs')
    const folder = process.argv[1]
    const ending = process.execArgv.includes('${baked}') ? '.baked.cache' : '.cache'
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
      const filename = folder + '/' + file
      const cachedData = readFileSync(filename.replace(/\\.js$/, ending))
      if (new (require('node:vm').Script)(readFileSync(filename, 'latin1'), { filename, cachedData }).cachedDataRejected) console.log(file)
    }`
    expect(await must(join(dist, 'bin/node'), [...flags, '-e', program, join(dist, 'lib/cli')])).toBe('')
  },
)

/** What the launcher gives to Node. */
async function startedWith(line: string, env = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'berth-seed-'))
  for (const name of ['bin', 'lib']) mkdirSync(join(folder, name))
  const [launcher, node] = [join(folder, 'bin/berth'), join(folder, 'bin/node')]
  copyFileSync(join(inject('stage').dist, 'bin/berth'), launcher)
  writeFileSync(node, '#!/bin/sh\necho "$@"\n')
  chmodSync(node, 0o755)
  for (const program of ['cli.cjs', 'agent.js', 'engine-half.js']) writeFileSync(join(folder, 'lib', program), '')
  return must(launcher, line.split(' '), { env: { PATH: process.env.PATH ?? '', ...env } })
}

test('only commands that read nothing foreign start with the seed that everyone may know', async () => {
  const started = async (line: string, env = {}) => (await startedWith(line, env)).includes(baked)
  const known = [
    'ps -a',
    '--root /x ps',
    '--log-level=debug run box',
    'container ls',
    'image inspect x',
    'container cleanup c',
    'version',
  ]
  for (const line of known) expect.soft(await started(line), line).toBe(true)
  const random = [
    'pull x',
    '--root /x pull x',
    'image pull x',
    'load',
    'cp a:/ b',
    'system service',
    'manifest inspect x',
    'image search ps',
  ]
  const apart = [
    '--as=skopeo inspect x',
    '--url=ssh://h ps',
    '--url ssh://h ps',
    '-c other ps',
    '--entry=agent --outside ps',
    'console',
  ]
  for (const line of [...random, ...apart]) expect.soft(await started(line), line).toBe(false)
  expect(await started('ps', { CONTAINER_HOST: 'ssh://h' })).toBe(false)
})

test('what has such a seed pulls in a process of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-apart-'))
  mkdirSync(join(folder, 'home'))
  const { dist, images } = inject('stage')
  const processes = async (...args: string[]) => {
    const coverage = mkdtempSync(join(folder, 'coverage-'))
    const env = { ...environment(folder), NODE_V8_COVERAGE: coverage }
    const id = await must(join(dist, 'bin/berth'), [...storeFlags(folder), 'create', ...args, images.busybox, 'true'], { env })
    expect(id).toMatch(/^[0-9a-f]{64}\n?$/)
    return readdirSync(coverage).length
  }
  expect(await processes('--quiet')).toBe(2)
  expect(await processes()).toBe(1)
  expect(await processes('--quiet', '--pull=always')).toBe(2)
})
