import type { ContextOptions } from '../core/index.ts'
import type { Engine } from '../contract/index.ts'
import type { Flags, Values } from './parse/flags.ts'

/** Which engine, by address or by the name of a connection (the default one where both are missing), and how to be let in. */
export interface RemoteOptions {
  url: string | undefined
  connection: string | undefined
  /** Private key for ssh. */
  identity: string | undefined
  /** PEM files for TLS: whom to trust, and what to show. */
  ca: string | undefined
  cert: string | undefined
  key: string | undefined
}

/** Global flags, before or after the command's name. */
export interface GlobalOptions {
  /** The engine is another one than this process's. */
  remote?: RemoteOptions
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
  /** The engine, here or elsewhere; opened on first use. */
  engine(): Promise<Engine>
  /** Closes the engine, for what is done to a store that nobody has open. */
  close(): Promise<void>
  /** Whether the engine is another one than this process's. */
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
  /** All that follows belongs to another program, options too; but for `--help` in front. */
  passThrough?: true
  /** Works on this host alone, never through `--url`; with `store` on what is stored here, so not where CONTAINER_HOST says another host either. */
  local?: true | 'store'
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
