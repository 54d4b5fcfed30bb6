import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes, errorStatus } from '../engine/errors/index.ts'

// The borders of ARCHITECTURE.md, kept by a machine. Function length, default exports and the like are oxlint's.

const top = join(import.meta.dirname, '..')

/** What each part may import of ours (besides itself). */
const mayImport: Record<string, string[]> = {
  'engine/errors': [],
  'bridge/protocol': [],
  'engine/spec': ['engine/errors'],
  'engine/contract': ['engine/spec', 'engine/errors'],
  'engine/lib': ['engine/errors'],
  'engine/usage': ['engine/lib', 'engine/errors'],
  'engine/image': ['engine/lib', 'engine/errors'],
  'engine/adapters': ['engine/lib', 'engine/errors'],
  'engine/registry': ['engine/image', 'engine/adapters', 'engine/lib', 'engine/errors'],
  'engine/storage': ['engine/image', 'engine/spec', 'engine/lib', 'engine/errors'],
  'engine/store': ['engine/contract', 'engine/spec', 'engine/lib', 'engine/errors'],
  'engine/core': [
    'engine/contract',
    'engine/spec',
    'engine/store',
    'engine/storage',
    'engine/registry',
    'engine/image',
    'engine/adapters',
    'engine/usage',
    'engine/lib',
    'engine/errors',
  ],
  'engine/rest': ['engine/contract', 'engine/spec', 'engine/core/index.ts', 'engine/lib', 'engine/errors'],
  'engine/agent': [
    'engine/contract',
    'engine/spec',
    'engine/core/index.ts',
    'engine/rest',
    'engine/lib',
    'engine/errors',
    'bridge/agent',
    'bridge/protocol',
  ],
  'engine/console': [
    'engine/contract',
    'engine/spec',
    'engine/rest',
    'engine/agent',
    'engine/adapters',
    'engine/usage',
    'engine/lib',
    'engine/errors',
    'bridge/agent',
    'bridge/server',
    'bridge/login',
    'bridge/protocol',
  ],
  'engine/cli': [
    'engine/contract',
    'engine/spec',
    'engine/core/index.ts',
    'engine/rest',
    'engine/agent',
    'engine/console',
    'engine/adapters/attached-program.ts',
    'engine/adapters/ssh.ts',
    'engine/adapters/ssh-forward.ts',
    'engine/adapters/stty.ts',
    'engine/lib',
    'engine/errors',
    'bridge/agent',
    'bridge/server',
    'bridge/login',
    'bridge/protocol',
  ],
  'bridge/client': ['bridge/protocol'],
  'bridge/server': ['bridge/protocol'],
  'bridge/login': ['bridge/protocol'],
  'bridge/agent': ['bridge/protocol'],
  src: ['engine/contract', 'engine/spec', 'engine/errors', 'bridge/protocol', 'bridge/client'],
}

/** Parts that run in a browser as well: no Node there. */
const withoutNode = ['engine/errors', 'engine/spec', 'engine/contract', 'bridge/protocol', 'bridge/client', 'src']

/** Where programs may be started: by an adapter each, or by the function that adapters use. */
const mayStartPrograms = [
  'engine/lib/process/exec.ts',
  'engine/adapters/',
  // A helper that holds ids for a mount: storage, which knows no adapters, mounts with it.
  'engine/lib/process/user-namespace.ts',
  // Berth itself, as another user, inside a namespace, or with other flags of Node's.
  'engine/agent/half-process.ts',
  'engine/cli/service/shared-service.ts',
  'engine/cli/transfer/pull-apart.ts',
  // What the user asks for with `unshare`.
  'engine/cli/terminal/run-program.ts',
  'engine/console/console-local.ts',
  'bridge/login/listen.ts',
  'bridge/login/login.ts',
  'bridge/login/start-service.ts',
  // A channel that runs what the page's user asks for, and the bridge's certificate, which knows no adapters.
  'bridge/agent/channels/spawn.ts',
  'bridge/server/http/certificate.ts',
]

/** What starts a program, by the names that a file may import. */
const starters = /^(?:run|runChecked|spawn|spawnSync|exec|execFile|execSync|execFileSync|fork|startHere)$/

interface Source {
  path: string
  text: string
  imports: string[]
}

function sources(folder: string): Source[] {
  if (!existsSync(join(top, folder))) return []
  const names = readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.(ts|tsx)$/.test(name) && !name.includes('node_modules'))
    .map((name) => {
      const path = `${folder}/${name}`
      const text = readFileSync(join(top, path), 'utf8')
      // `[^'"]` spans lines, since imports do.
      const found = text.matchAll(
        /^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
      )
      return { path, text, imports: [...found].map((match) => match[1] ?? match[2] ?? '') }
    })
}

const all = ['engine', 'bridge', 'src'].flatMap(sources)
const shipped = all.filter((source) => !/\.test\.tsx?$/.test(source.path) && !/\/fixtures?\//.test(source.path))

/** The path, from the top, of what an import names; undefined for packages and Node's own modules. */
function target(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return join(from, '..', specifier)
  if (specifier.startsWith('cockpit-ts-bridge/')) return `bridge/${specifier.slice('cockpit-ts-bridge/'.length)}/index.ts`
  return undefined
}

/** Names, besides types, that a file imports from `exec.ts`, `start-program.ts` and Node's child processes; all of these for `* as`. */
function importedNames(text: string): string[] {
  const modules = String.raw`['"](?:[^'"]*/(?:exec|start-program)\.ts|(?:node:)?child_process)['"]`
  if (new RegExp(String.raw`import\s+(?:\* as )?\w+\s+from\s+${modules}`).test(text)) return ['spawn']
  const lists = [
    ...text.matchAll(new RegExp(String.raw`import\s+\{([^}]*)\}\s+from\s+${modules}`, 'g')),
    ...text.matchAll(new RegExp(String.raw`\{([^}]*)\}\s*=\s*await import\(\s*${modules}`, 'g')),
  ]
  return lists.flatMap((match) =>
    match[1]!
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '' && !each.startsWith('type '))
      .map((each) => each.split(/ as |:/)[0]!.trim()),
  )
}

/** Groups of files that all reach each other by imports (Tarjan's strongly connected components), each and all in order. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    for (const to of imports.get(file) ?? []) {
      if (!imports.has(to)) continue
      if (!order.has(to)) visit(to)
      else if (!stack.includes(to)) continue
      lowest.set(file, Math.min(lowest.get(file)!, lowest.get(to)!))
    }
    if (lowest.get(file) !== order.get(file)) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1) found.push(group.toSorted())
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file)
  return found.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

function part(path: string): string | undefined {
  return Object.keys(mayImport).find((name) => path === name || path.startsWith(`${name}/`))
}

function allowed(from: string, to: string): boolean {
  const here = part(from)
  if (here === undefined || part(to) === here) return true
  return mayImport[here]!.some((each) => to === each || to.startsWith(`${each}/`))
}

describe('borders', () => {
  test('every source belongs to a part of the table', () => {
    expect(shipped.map((source) => source.path).filter((path) => part(path) === undefined)).toEqual([])
  })

  test('parts import only what the table allows', () => {
    const wrong = shipped.flatMap((source) =>
      source.imports
        .map((specifier) => target(source.path, specifier))
        .filter((to) => to !== undefined && !allowed(source.path, to))
        .map((to) => `${source.path} imports ${to}`),
    )
    expect(wrong).toEqual([])
  })

  test('folders of the page import only those below them: nouns share through src/, never with each other', () => {
    const shared = ['i18n', 'engine', 'hooks', 'ui']
    const folderOf = (path: string): string => path.split('/')[1]!
    const mayUse = (from: string, to: string): boolean => {
      if (from === to || from === 'app' || from === 'testing') return true
      return shared.slice(0, shared.includes(from) ? shared.indexOf(from) : undefined).includes(to)
    }
    const wrong = shipped
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ path, imports }) =>
        imports
          .map((specifier) => target(path, specifier))
          .filter((to) => to?.startsWith('src/') && !mayUse(folderOf(path), folderOf(to)))
          .map((to) => `${path} imports ${to}`),
      )
    expect(wrong).toEqual([])
  })

  test('bridge never reaches engine by any import, tests included', () => {
    const wrong = sources('bridge').filter((source) =>
      source.imports.some((each) => target(source.path, each)?.startsWith('engine/')),
    )
    expect(wrong.map((source) => source.path)).toEqual([])
  })

  test('what runs in a browser imports nothing of Node', () => {
    const wrong = shipped
      .filter((source) => withoutNode.includes(part(source.path) ?? ''))
      .filter((source) => source.imports.some((specifier) => specifier.startsWith('node:')))
    expect(wrong.map((source) => source.path)).toEqual([])
  })

  test('relative imports name their file with its ending', () => {
    const wrong = all.flatMap((source) =>
      source.imports
        .filter((each) => each.startsWith('.') && !/\.(ts|tsx|css|json|mjs|svg|png)$/.test(each))
        .map((each) => `${source.path}: ${each}`),
    )
    expect(wrong).toEqual([])
  })

  test('no files import each other in a circle, types and what is loaded later included', () => {
    expect(circles(new Map(shipped.map(({ path, imports }) => [path, imports.map((each) => target(path, each) ?? '')])))).toEqual(
      [],
    )
  })

  test('circles are found', () => {
    const graph = { a: ['b'], b: ['c', 'x'], c: ['a'], d: ['a', 'd2'], d2: [] }
    expect(circles(new Map(Object.entries(graph)))).toEqual([['a', 'b', 'c']])
  })

  test('programs are started by adapters only, by whatever function', () => {
    const wrong = shipped
      .filter(({ text }) => importedNames(text).some((name) => starters.test(name)))
      .filter(({ path }) => !mayStartPrograms.some((prefix) => path.startsWith(prefix)))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('what a file imports is seen, also later and from Node', () => {
    expect(
      importedNames("import { type A, run as go } from './exec.ts'\nconst { spawn } = await import('node:child_process')"),
    ).toEqual(['run', 'spawn'])
    expect(importedNames("import * as processes from 'node:child_process'")).toEqual(['spawn'])
  })

  test('foreign functions are called from engine/lib/sys and the login helper only', () => {
    const wrong = shipped.filter((source) => /['"]koffi['"]/.test(source.text)).map((source) => source.path)
    expect(wrong.filter((path) => !path.startsWith('engine/lib/sys/') && !path.startsWith('bridge/login/'))).toEqual([])
  })

  test('of what Node keeps to itself only the descriptor of a socket is read, where no public way leads to it', () => {
    const internals = /\b_handle\b|\bkHandle\b|getOwnPropertySymbols|\.binding\('|process\.binding/
    const found = shipped.filter(({ text }) => internals.test(text)).map(({ path }) => path)
    expect(found.toSorted()).toEqual(['bridge/login/peer.ts', 'engine/lib/sys/socket.ts'])
  })

  test('what is sent to a peer goes through a bounded writer', () => {
    // The writers themselves, and short conversations that are bounded by what they say.
    const inWriters: Record<string, number> = {
      'bridge/agent/link.ts': 1,
      'bridge/agent/sink.ts': 1,
      'bridge/server/session/agent-link.ts': 1,
      'bridge/server/http/download-writer.ts': 1,
      'bridge/server/login/login-service.ts': 2,
      'bridge/server/tabs/tab-writer.ts': 4,
    }
    const raw =
      /(?<!#)\b(?:socket|opened|agent|output|carrier|stdin!?|response|connection|request|pty)\??\.(?:write|send|ping|pong)\(/g
    const found = shipped
      .filter(({ path }) => /^bridge\/(server|agent)\//.test(path))
      .map(({ path, text }) => [path, [...text.matchAll(raw)].length] as const)
      .filter(([, count]) => count > 0)
    expect(Object.fromEntries(found)).toEqual(inWriters)
  })

  test('the page loads nothing from elsewhere', () => {
    const outside = /(?:fetch|import|src=|href=|url)\s*\(?\s*["'`]https?:\/\//
    const wrong = shipped.filter((source) => /^(src|bridge\/client)\//.test(source.path) && outside.test(source.text))
    expect(wrong.map((source) => source.path)).toEqual([])
  })
})

describe('shape', () => {
  const lengths = shipped.map((source) => ({ path: source.path, lines: source.text.split('\n').length }))

  test('no file is longer than 500 lines', () => {
    expect(lengths.filter((each) => each.lines > 500)).toEqual([])
  })

  test('half of all files fit in 120 lines', () => {
    const sorted = lengths.map((each) => each.lines).toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)] ?? 0).toBeLessThanOrEqual(120)
  })

  test('file names are kebab-case', () => {
    const name = /^[a-z0-9]+(?:[-.][a-z0-9]+)*\.(ts|tsx)$/
    expect(all.map((source) => source.path).filter((path) => !name.test(path.split('/').at(-1)!))).toEqual([])
  })

  test('nothing is called Manager, Helper or utils', () => {
    const declared = /\b(?:class|interface|type)\s+(\w*(?:Manager|Helper|Utils?)|I[A-Z][a-z]\w*)\b/g
    const wrong = shipped.flatMap((source) => [
      ...(/(?<!cgroup-)(?:manager|helper|utils?)\.tsx?$/.test(source.path) ? [source.path] : []),
      ...[...source.text.matchAll(declared)].filter((match) => !isWord(match[1]!)).map((match) => `${source.path}: ${match[1]}`),
    ])
    expect(wrong).toEqual([])
  })
})

// `I` before a capital is a prefix only when the rest is a name by itself: Id, Image and Info are words.
function isWord(name: string): boolean {
  if (name === 'CgroupManager') return true // containers.conf's name for it
  return /^I[A-Z]/.test(name) ? /^I(?:D|O|P)[A-Z]/.test(name) : false
}

describe('documents', () => {
  const read = (path: string) => readFileSync(join(top, path), 'utf8')

  test('docs/errors.md has one line for every error code, with its status', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| (\d{3}) \| (\S.*) \|$/gm)].map((match) => [
      match[1],
      Number(match[2]),
    ])
    expect(rows).toEqual(errorCodes.map((code) => [code, errorStatus[code]]))
  })

  test('the npm commands that documents name exist', () => {
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
    const documents = readdirSync(top).filter((name) => name.endsWith('.md'))
    const named = documents.flatMap((name) =>
      [...read(name).matchAll(/npm (?:run ([a-z:-]+)|(start|test))\b/g)].map((match) => match[1] ?? match[2]!),
    )
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    expect(named).toContain('start')
    expect(named).toContain('test')
  })

  test('links between documents lead somewhere', () => {
    const documents = [
      ...readdirSync(top).filter((name) => name.endsWith('.md')),
      ...readdirSync(join(top, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ]
    const broken = documents.flatMap((name) =>
      [...read(name).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map((match) => match[1]!)
        .filter((to) => !existsSync(join(top, name, '..', to)))
        .map((to) => `${name}: ${to}`),
    )
    expect(broken).toEqual([])
  })
})
