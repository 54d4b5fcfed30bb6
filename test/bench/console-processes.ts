import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Console } from '../browser/console-process.ts'
import { pids } from '../support/users.ts'

/** The processes that a console has started, and those that these have. */
function processesOf(console_: Console): { pid: number; words: string[] }[] {
  const parents = new Map(pids().flatMap((pid) => (parentOf(pid) === undefined ? [] : [[pid, parentOf(pid)!] as const])))
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === console_.service.child.pid || isOurs(parents.get(pid)))
  return [...parents.keys()].filter(isOurs).map((pid) => ({ pid, words: read(`/proc/${pid}/cmdline`).split('\0') }))
}

/** The web server. */
export const serverOf = (console_: Console): number => {
  const found = processesOf(console_).find(({ words }) => words.includes('server'))
  if (!found) throw new Error('The console has no server.')
  return found.pid
}

/** Percent of a core that all agents use in so many seconds. */
export const cpuOfAgents = (console_: Console, seconds: number): Promise<number> =>
  cpuOf(console_, seconds, ({ words }) => words.at(-2) === 'agent')

/** Percent of a core that the recorder of usage uses in so many seconds. */
export const cpuOfRecorder = (console_: Console, seconds: number): Promise<number> =>
  cpuOf(console_, seconds, ({ words }) => words.includes('--entry=usage') || words.some((word) => word.endsWith('/usage.js')))

async function cpuOf(console_: Console, seconds: number, isMeant: (process: { words: string[] }) => boolean): Promise<number> {
  const meant = processesOf(console_).filter(isMeant)
  if (meant.length === 0) throw new Error('The console has no such process.')
  const ticks = () =>
    meant.reduce(
      (sum, { pid }) =>
        sum +
        fields(pid)
          .slice(11, 13)
          .reduce((all, each) => all + Number(each), 0),
      0,
    )
  const before = ticks()
  await sleep(seconds * 1000)
  return (ticks() - before) / seconds
}

const parentOf = (pid: number): number | undefined => Number(fields(pid)[1]) || undefined

/** The fields of proc_pid_stat(5) after the name; times in hundredths of a second. */
const fields = (pid: number): string[] => read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // It has ended meanwhile.
  }
}
