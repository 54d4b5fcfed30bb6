import { defineConfig } from 'vitest/config'

// `unit` and `page` are what `npm run unit` runs; the others need root, programs or a browser and go one file at a time.

/** An emulated machine takes longer for everything. */
const slowness = Number(process.env.BERTH_TEST_SLOWNESS ?? '1')

const outside = (name: string, groupOrder: number, common = true) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    fileParallelism: false,
    globalSetup: common ? ['test/e2e/setup.ts'] : [],
    setupFiles: common ? ['test/e2e/leak-check.ts'] : [],
    testTimeout: 60_000 * slowness,
    hookTimeout: 120_000 * slowness,
    sequence: { groupOrder },
  },
})

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'engine/**/*.test.ts',
            'bridge/**/*.test.ts',
            'packaging/**/*.test.ts',
            'test/*.test.ts',
            'test/fuzz/**/*.test.ts',
          ],
          environment: 'node',
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'page',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          environment: 'happy-dom',
          // PatternFly's modules import their style sheets, which only the bundler understands.
          server: { deps: { inline: [/@patternfly/] } },
          setupFiles: ['test/page-setup.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      outside('e2e', 1),
      outside('clients', 2),
      outside('browser', 3),
      outside('host', 4, false),
    ],
  },
})
