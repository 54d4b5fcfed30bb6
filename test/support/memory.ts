import { readdirSync, readFileSync } from 'node:fs'

/** A process of the console. */
export interface ConsoleProcess {
  pid: number
  kind: 'console' | 'server' | 'login' | 'agent' | 'half'
}

/** Our processes below `root`, by what they are. */
export function consoleProcesses(root: number): ConsoleProcess[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    if (stat !== '') parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const below = (pid: number | undefined): boolean => pid !== undefined && pid > 1 && (pid === root || below(parents.get(pid)))
  return [...parents.keys()]
    .filter((pid) => below(pid))
    .flatMap((pid) => {
      const kind = kindOf(read(`/proc/${pid}/cmdline`).split('\0'))
      return kind === undefined ? [] : [{ pid, kind }]
    })
}

function kindOf(argv: string[]): ConsoleProcess['kind'] | undefined {
  if (argv[0]?.endsWith('/node') !== true) return undefined
  const words = argv.join(' ')
  if (/engine-half/.test(words)) return 'half'
  // `… -- PROGRAM server`, `login HOW-ROOT-LOGS-IN`, `agent`.
  const kind = (['server', 'login', 'agent'] as const).find((each) => argv.slice(-3).includes(each))
  if (kind !== undefined) return kind
  return /\bconsole\b/.test(words) ? 'console' : undefined
}

/** Bytes of memory that a process has for itself and its share of what it has with others (PSS, proc(5)); 0 when it is gone. */
export function memoryOf(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))
  return Number(line?.[1] ?? 0) * 1024
}

/** Bytes of each process, by what it is and its number. */
export function memoryOfAll(root: number): Map<string, number> {
  return new Map(consoleProcesses(root).map(({ pid, kind }) => [`${kind} ${pid}`, memoryOf(pid)]))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
