import type { ContextOptions } from '../core/index.ts'
import type { Engine } from '../contract/index.ts'
import type { Flags, Values } from './parse/flags.ts'

/** What every command may be told before (or after) its name. */
export interface GlobalOptions {
  url?: string
  logLevel: string
  /** How to open the local engine. */
  context: ContextOptions
}

/** What a command works with. */
export interface Call<F extends Flags = Flags> {
  /** Arguments that are no flags. */
  args: string[]
  flags: Values<F>
  global: GlobalOptions
  /** The engine, here or at `--url`; opened on first use. */
  engine(): Promise<Engine>
  /** Whether the engine is at `--url`. */
  remote: boolean
  /** The whole command line, for the record that a container keeps of it. */
  commandLine: readonly string[]
}

/** One command: its parser, help, man page, completion and documentation all come from this. */
export interface Command<F extends Flags = Flags> {
  /** One line, as in the list of commands. */
  summary: string
  /** More, for help and the man page. */
  description?: string
  /** What follows the options: `CONTAINER [CONTAINER...]`. */
  usage?: string
  examples?: readonly string[]
  flags: F
  /** How many arguments there may be; `max` without end by default. */
  args?: { min?: number; max?: number }
  /** Podman's flags that Berth lacks so far: refused by name. */
  notYet?: string
  /** The first argument ends the flags, so that the rest can be another program's command line. */
  stopAtFirst?: true
  /** Needs the store itself: never sent to `--url`. */
  local?: true
  /** Lives on after its first request: worth the engine's caches and workers. */
  service?: true
  /** The exit code; 0 when nothing is returned. Failures are thrown. */
  run(call: Call<F>): Promise<number | void>
}

/** Describes a command, keeping the types of its flags. */
export function command<const F extends Flags>(description: Command<F>): Command<F> {
  return description
}
