import type { Call } from '../command.ts'
import { bool, texts } from '../parse/flags.ts'
import { confirm } from './confirm.ts'
import { print, printError } from '../output/print.ts'

export const force = bool('f', 'Do not prompt for confirmation')

export const filter = texts('', "Provide filter values (e.g. 'label=<key>=<value>')")

interface Report {
  Id: string
  Err?: string | null
}

function printReports(reports: readonly Report[]): number {
  for (const { Id, Err } of reports) {
    if (Err) printError(`Error: ${Err}\n`)
    else print(`${Id}\n`)
  }
  return reports.some(({ Err }) => Err) ? 125 : 0
}

/** Asks, unless forced, prunes, and prints what was removed and what could not be. Returns the exit code. */
export async function prune(
  flags: { force: boolean },
  warning: string,
  work: (api: Awaited<ReturnType<Call['engine']>>) => Promise<readonly Report[]>,
  engine: Call['engine'],
): Promise<number> {
  if (!flags.force && !(await confirm(warning))) return 0
  return printReports(await work(await engine()))
}
