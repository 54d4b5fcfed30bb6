import { EngineError } from '../errors/index.ts'
import type { Call, Command, GlobalOptions } from './command.ts'
import { findCommand } from './find-command.ts'
import { openEngineOnce } from './open-engine.ts'
import { globalFlags, globalOptions } from './parse/globals.ts'
import { parseFlags } from './parse/parse-flags.ts'
import { UsageError } from './parse/usage-error.ts'
import { ExitError, exitCodeOf } from './exit-code.ts'
import { print, printError, redirectOutput } from './output/print.ts'
import { versionLine } from './version.ts'

/** Runs one command line and prints failures to stderr. Resolves to the exit code, the same as podman's. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  // The awaited work may have no handle that keeps the process alive.
  const alive = setInterval(() => {}, 0x7fffffff)
  try {
    return await run(argv)
  } catch (error) {
    // An error without a message has been told by the program that it comes from.
    if (!(error instanceof ExitError && error.message === '')) printError(`${describeError(error)}\n`)
    return exitCodeOf(error)
  } finally {
    clearInterval(alive)
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const before = parseFlags(globalFlags, argv, { program: 'berth', stopAtFirst: true })
  if (before.values['version'] === true) {
    print(versionLine())
    return 0
  }
  const found = await findCommand(before.args, before.values['help'] === true)
  if ('text' in found) {
    print(found.text)
    return found.code
  }
  const { path, command, rest } = found
  const program = `berth ${path.join(' ')}`
  const words = command.passThrough && rest[0] !== '--help' ? ['--', ...rest] : rest
  const { args, values, given } = parseFlags({ ...inherited(command), ...command.flags }, words, {
    program,
    stopAtFirst: command.stopAtFirst,
    notYet: command.notYet,
  })
  if (values['help'] === true || before.values['help'] === true) {
    const { helpText } = await import('./help/help.ts')
    print(helpText(path, command))
    return 0
  }
  checkCount(command, args, program)
  const globals = Object.fromEntries(Object.keys(globalFlags).map((name) => [name, pick(name, command, values, before)]))
  const global = settingsOf(command, globals, program)
  if (command.service) Object.assign(global.context, { service: true, caller: { via: 'api' } })
  const engine = openEngineOnce(global)
  const call: Call = {
    args,
    flags: values as never,
    given,
    global,
    engine: engine.open,
    close: engine.close,
    remote: global.remote !== undefined,
    commandLine: ['berth', ...argv],
  }
  try {
    return (await command.run(call)) ?? 0
  } finally {
    await engine.close()
  }
}

/** The settings from global flags; standard output goes where they say. @throws UsageError */
function settingsOf(command: Command, globals: Record<string, unknown>, program: string): GlobalOptions {
  const global = globalOptions(globals as never, process.env)
  if (globals['noout'] === true || globals['out'] !== undefined)
    redirectOutput(globals['noout'] === true ? '/dev/null' : String(globals['out']))
  if (command.local) {
    const flag = ['url', 'connection', 'remote'].find((name) => globals[name] !== undefined && globals[name] !== false)
    if (flag !== undefined) throw new UsageError(`${program} works on this host alone: leave out --${flag}`)
    const chosen = ['CONTAINER_HOST', 'CONTAINER_CONNECTION'].find((name) => process.env[name])
    // Who has chosen another host does not mean what is stored on this one.
    if (chosen !== undefined && command.local === 'store')
      throw new UsageError(`${program} works on this host alone: unset ${chosen}`)
    delete global.remote
  }
  return global
}

/** Global flags under their long names; a command's own flag of the same name wins. */
function inherited(command: Command): Partial<typeof globalFlags> {
  const shorts = new Set(Object.values(command.flags).map(({ short }) => short))
  const others = Object.entries(globalFlags).filter(([name]) => !(name in command.flags))
  // A command's own shorthand wins too.
  return Object.fromEntries(others.map(([name, flag]) => [name, shorts.has(flag.short) ? { ...flag, short: '' } : flag]))
}

function pick(name: string, command: Command, after: Record<string, unknown>, before: ReturnType<typeof parseFlags>): unknown {
  if (before.given.has(name) || name in command.flags) return before.values[name]
  return after[name]
}

function checkCount({ args: { min = 0, max = Infinity } = {} }: Command, args: string[], program: string): void {
  if (args.length > 0 && max === 0) throw new UsageError(`\`${program}\` takes no arguments`)
  if (args.length >= min && args.length <= max) return
  if (max === Infinity) throw new UsageError(`requires at least ${min} arg(s), only received ${args.length}`)
  const wanted = min === max ? `${min}` : min === 0 ? `at most ${max}` : `between ${min} and ${max}`
  throw new UsageError(`accepts ${wanted} arg(s), received ${args.length}`)
}

function describeError(error: unknown): string {
  if (error instanceof ExitError && error.plain) return error.message
  if (error instanceof UsageError) return `Error: ${error.message}${error.hint ? `\n${error.hint}` : ''}`
  if (error instanceof EngineError) return `Error: ${error.message}`
  return `Error: ${EngineError.from(error).message}`
}
