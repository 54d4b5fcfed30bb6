import type { ContextOptions } from '../core/index.ts'
import type { Engine } from '../contract/index.ts'
import type { Flags, Values } from './parse/flags.ts'

/** Global flags, before or after the command's name. */
export interface GlobalOptions {
  url?: string
  logLevel: string
  /** How to open the local engine. */
  context: ContextOptions
}

/** The input of a command. */
export interface Call<F extends Flags = Flags> {
  /** Arguments that are no flags. */
  args: string[]
  flags: Values<F>
  /** Long names of the flags that were given. */
  given: ReadonlySet<string>
  global: GlobalOptions
  /** The engine, here or at `--url`; opened on first use. */
  engine(): Promise<Engine>
  /** Whether the engine is at `--url`. */
  remote: boolean
  /** The whole command line, as containers record it. */
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
  /** Long-running: worth the engine's caches and workers. */
  service?: true
  /** The exit code; 0 by default. Failures are thrown. */
  run(call: Call<F>): Promise<number | void>
}

/** Every command, by the words that call it; other words for the same; words that only begin a name; what people do not call. */
export interface CommandTable {
  readonly commands: Readonly<Record<string, () => Promise<Command>>>
  readonly aliases: Readonly<Record<string, string>>
  readonly groups: Readonly<Record<string, string>>
  readonly hiddenCommands: ReadonlySet<string>
}

/** Describes a command, keeping the types of its flags. */
export function command<const F extends Flags>(description: Command<F>): Command<F> {
  return description
}
