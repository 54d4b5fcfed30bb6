import type { Plugin } from 'esbuild'
import { readFileSync } from 'node:fs'

/** Style sheets that PatternFly's components bring along for what the page has nowhere. */
const unused = /[\\/](table-tree-view|table-scrollable|inline-edit)\.css$/

const patternfly =
  /@patternfly[\\/](react-core[\\/]dist[\\/]styles[\\/]base|react-styles[\\/]css[\\/]components[\\/]\w+[\\/][\w-]+)\.css$/

/**
 * What is left out of PatternFly's style sheets or said in another way, since nothing on the page matches it or since it makes each
 * change of the page dear. Each leaves the page as it looks.
 */
const changes: readonly (readonly [pattern: RegExp, by: string])[] = [
  // A font of icons: the page's icons are SVG.
  [/\.pf-v6-pficon-[\w-]+:+before\s*\{[^}]*\}/g, ''],
  // The root of the document as a container of queries, for tables alone. With it the whole page is laid out between two rounds of
  // styles at each change. The root is as wide as the window, so that a media query asks the same.
  [/:root\s*\{\s*container-name:[^}]*container-type:[^}]*\}/, ''],
  [/@container pf-v6-contain-table \(/g, '@media ('],
  // With any universal element beside another, one that comes or goes has the styles of all after it, and of all inside these, computed again.
  [/> \* \+ \*/g, '> :where(:not(:first-child))'],
  // The same for rows that expand, which no table here has.
  [/:not\(\.pf-v6-c-table__control-row\) ~ [^{]*\{[^}]*\}/g, ''],
  [/(\.pf-v6-c-label\.pf-m-clickable \.pf-v6-c-label__content):is\(:hover, :focus\)( ~ [^{]*)\{/, '$1:hover$2, $1:focus$2{'],
  // Cards that can be chosen, and wizards: whether one is inside is asked again at each change inside a card or the page.
  [/\.pf-v6-c-card__actions:has\([^{]*\{[^}]*\}/, ''],
  [/,\s*\.pf-v6-c-page__[a-z-]+:has\(\.pf-v6-c-page__main-wizard\)/g, ''],
]

/** A style sheet of PatternFly's as the page has it. */
export const leanStyles = (text: string): string => changes.reduce((styles, [pattern, by]) => styles.replace(pattern, by), text)

/** Makes PatternFly's style sheets those of a page with long tables that change each second. */
export const pageStyles: Plugin = {
  name: 'page-styles',
  setup(build) {
    build.onLoad({ filter: unused }, () => ({ contents: '', loader: 'css' }))
    build.onLoad({ filter: patternfly }, ({ path }) => ({ contents: leanStyles(readFileSync(path, 'utf8')), loader: 'css' }))
  },
}
