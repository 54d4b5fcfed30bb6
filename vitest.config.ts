import { existsSync, globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'
import { sandboxes } from './test/support/sandbox/pool.ts'

// `unit` and `page` are what `npm run unit` runs; the others need root, programs or a browser.

/** An emulated machine takes longer for everything. */
const slowness = Number(process.env.BERTH_TEST_SLOWNESS ?? '1')

/**
 * Files of these projects run at the same time, each in a sandbox; much of what they do is waiting. Not on a machine with systemd:
 * what users have there, their managers and control groups, is the machine's, and so files take turns.
 */
const parallel = existsSync('/run/systemd/system') ? [] : ['e2e', 'clients', 'browser']

/** A browser is busy itself while its test waits: no more of them than there are processors. */
const workers = (name: string) => availableParallelism() + (name === 'browser' ? 0 : 1)

const outside = (name: string, groupOrder: number, common = true) => ({
  test: {
    ...(parallel.includes(name) ? { pool: sandboxes, maxWorkers: workers(name) } : { fileParallelism: false }),
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    globalSetup: common ? ['test/support/setup.ts'] : [],
    setupFiles: common ? ['test/support/leak-check.ts'] : [],
    testTimeout: 120_000 * slowness,
    hookTimeout: 240_000 * slowness,
    sequence: { groupOrder },
  },
})

/**
 * Files of these projects share what a process has loaded: loading the engine or PatternFly again for each took half of the time. They
 * leave no state in modules, the environment or the document. A process serves one project, so `unit` and `page` take turns. Many
 * files wait more than they work: there is one process more than there are processors. The timeouts are for a test that has gone
 * wrong, not for a busy machine.
 */
const beside = { isolate: false, maxWorkers: availableParallelism() + 1, testTimeout: 60_000, hookTimeout: 60_000 }

const unitTests = [
  'engine/**/*.test.ts',
  'bridge/**/*.test.ts',
  'packaging/**/*.test.ts',
  'test/*.test.ts',
  'test/fuzz/**/*.test.ts',
]

/** Files that put something in the place of a module: it has to be loaded for each of them. */
const mocking = globSync(unitTests, { cwd: import.meta.dirname, exclude: (name) => name === 'node_modules' }).filter((file) =>
  /^vi\.mock\(/m.test(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')),
)

export default defineConfig({
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: unitTests,
          exclude: mocking,
          environment: 'node',
          ...beside,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'mocks',
          include: mocking,
          environment: 'node',
          ...beside,
          isolate: true,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'page',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          environment: 'happy-dom',
          ...beside,
          // PatternFly's modules import their style sheets, which only the bundler understands.
          server: { deps: { inline: [/@patternfly/] } },
          setupFiles: ['test/page-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      outside('e2e', 2),
      outside('clients', 3),
      outside('browser', 4),
      outside('host', 5, false),
    ],
  },
})
