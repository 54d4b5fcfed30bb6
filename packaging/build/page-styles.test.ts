import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leanStyles } from './page-styles.ts'

const top = join(import.meta.dirname, '../..')
const sheets = [
  'node_modules/@patternfly/react-core/dist/styles/base.css',
  ...globSync('node_modules/@patternfly/react-styles/css/components/*/*.css', { cwd: top }),
  ...globSync('src/app/style/*.css', { cwd: top }),
].map((path) => ({ path, text: leanStyles(readFileSync(join(top, path), 'utf8')) }))

/** What makes the browser ask for the styles of whole tables again when one row comes or goes. */
const dear = [
  /(^|[\s>{},])(\*|:not\([^()]*\))\s*[+~]/,
  /:root\s*\{[^}]*container-type/,
  /contain-table/,
  /card:has\(/,
  /c-page__[a-z-]+:has\(/,
]

test.each(dear)('no style sheet of the page has %s', (pattern) => {
  expect(sheets.length).toBeGreaterThan(100)
  expect(sheets.filter(({ text }) => pattern.test(text.replaceAll(/\/\*[^]*?\*\//g, ''))).map(({ path }) => path)).toEqual([])
})

test('what stands for a container query and for a universal neighbour asks the same', () => {
  const styles = leanStyles('.a > * + * { x: y } @container pf-v6-contain-table (max-width: 1rem) { .b { x: y } }')
  expect(styles).toBe('.a > :where(:not(:first-child)) { x: y } @media (max-width: 1rem) { .b { x: y } }')
})
