import { defineConfig } from 'vitest/config'

// `unit` and `page` are what `npm run unit` runs; the others need root, programs or a browser and go one file at a time.

const outside = (name: string) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    fileParallelism: false,
    globalSetup: [`test/${name}/setup.ts`],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    sequence: { groupOrder: name === 'e2e' ? 1 : name === 'clients' ? 2 : 3 },
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
          setupFiles: ['test/page-setup.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      outside('e2e'),
      outside('clients'),
      outside('browser'),
    ],
  },
})
