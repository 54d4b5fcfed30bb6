import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EngineError } from '../errors/index.ts'
import { smallNode } from './node-flags.ts'

/** Programs of ours, by the names that the launcher knows. */
export type Entry = 'agent' | 'engine-half' | 'usage'

/** The launcher that started us, or that of the sources. @throws EngineError `ProgramMissing` */
export function launcher(): string {
  const known = process.env['BERTH_LAUNCHER'] ?? join(import.meta.dirname, '../../packaging/bin/berth')
  if (!existsSync(known))
    throw new EngineError(
      'ProgramMissing',
      `Berth's launcher is not at ${known}; install Berth again, or start it by its own command.`,
    )
  return known
}

/** A command line for one of our programs; `inside` runs it in the user's namespaces. */
export function entryCommand(entry: Entry, args: readonly string[] = [], inside = false): string[] {
  return [launcher(), ...(inside ? [] : ['--outside']), `--entry=${entry}`, ...args]
}

/**
 * The command line of the program that becomes another user, to be run by root from one of the agent's programs: this process's
 * own, without the launcher, so that it starts before anything of the user's environment is read.
 */
export function switchUserCommand(): string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', agentProgram(), 'switch-user']
}

/** The agent's main module, beside the one that runs. */
function agentProgram(): string {
  const bin = dirname(launcher())
  const installed = join(bin, '../lib/agent.js')
  return existsSync(installed) ? installed : join(import.meta.dirname, 'main.ts')
}

/** What the launcher needs in its environment besides what is there. */
export function launcherEnvironment(): Record<string, string> {
  return { BERTH_LAUNCHER: launcher(), BERTH_NODE_FLAGS: smallNode }
}

/** The folder with the built page, beside the programs. */
export function pageFolder(): string {
  const bin = dirname(launcher())
  const installed = join(bin, '../page')
  return existsSync(installed) ? installed : join(bin, '../../dist/page')
}
