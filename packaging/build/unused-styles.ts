import type { Plugin } from 'esbuild'
import { readFileSync } from 'node:fs'

/** Style sheets that PatternFly's components bring along for what the page has nowhere. */
const unused = /[\\/](table-tree-view|table-scrollable|inline-edit)\.css$/

/** Rules of a font of icons: the page's icons are SVG. */
const iconRules = /\.pf-v6-pficon-[\w-]+:+before\s*\{[^}]*\}/g

/** Leaves out styles of PatternFly that nothing on the page can ever match. */
export const withoutUnusedStyles: Plugin = {
  name: 'without-unused-styles',
  setup(build) {
    build.onLoad({ filter: unused }, () => ({ contents: '', loader: 'css' }))
    build.onLoad({ filter: /@patternfly[\\/]react-core[\\/]dist[\\/]styles[\\/]base\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(iconRules, ''),
      loader: 'css',
    }))
  },
}
