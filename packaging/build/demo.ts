// The page on a made-up engine, for looking at it while changing it: node packaging/build/demo.ts [port]
// `?empty`, `?login`, `?rootless`, `?broken`, `?embedded` and `?many=500` behind the address change what there is.
import { context } from 'esbuild'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeCatalogues } from './catalogues.ts'
import { pageStyles } from './page-styles.ts'

const top = join(import.meta.dirname, '../..')
const out = join(top, '.cache/demo')

mkdirSync(out, { recursive: true })
const template = readFileSync(join(top, 'src/app/index.html'), 'utf8')
writeFileSync(
  join(out, 'index.html'),
  template
    .replace('<!-- style -->', '<link rel="stylesheet" href="index.css" />')
    .replace('<!-- script -->', '<script type="module" src="index.js"></script>'),
)
writeCatalogues(join(top, 'po'), out)
const demo = await context({
  absWorkingDir: top,
  entryPoints: { index: 'src/testing/demo.tsx' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  sourcemap: 'linked',
  loader: { '.woff2': 'file', '.svg': 'file' },
  plugins: [pageStyles],
  define: { 'process.env.NODE_ENV': '"development"' },
  logLevel: 'warning',
})
const { port } = await demo.serve({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0), servedir: out })
console.error(`The page on a made-up engine is at http://127.0.0.1:${port}/ – Ctrl-C ends it.`)
