import { EngineError } from '../../errors/index.ts'
import type { Call, Command, GlobalOptions } from '../command.ts'
import { openEngineOnce } from '../open-engine.ts'
import { parseFlags } from '../parse/parse-flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { readVersion } from '../version.ts'
import { type SkopeoCommand, skopeoCommands } from './command-list.ts'
import { milliseconds } from './duration.ts'
import { skopeoFlags } from './globals.ts'
import { skopeoHelp, skopeoOverview } from './help.ts'
import { logLine } from './log.ts'
import { print, printError } from '../output/print.ts'

type Values = Record<string, unknown>

/** The reported skopeo version, which scripts check. */
const skopeoVersion = '1.18.0'

/** Runs one command line of skopeo's, with its error messages on stderr. Resolves to the exit code. */
export async function runSkopeo(argv: readonly string[]): Promise<number> {
  // The awaited work may have no handle that keeps the process alive.
  const alive = setInterval(() => {}, 0x7fffffff)
  const state: State = { timedOut: false }
  try {
    return await run(argv, state)
  } catch (error) {
    const hint = error instanceof UsageError && error.hint ? `\n${error.hint}` : ''
    const text = state.timedOut ? 'context deadline exceeded' : messageOf(error)
    logLine('fatal', `${text}${hint}`)
    return state.reportsMissingSource && isMissing(error) ? 2 : 1
  } finally {
    clearInterval(alive)
    clearTimeout(state.timer)
  }
}

interface State {
  command?: SkopeoCommand
  /** The exit code is 2 where the image is not there. */
  reportsMissingSource?: boolean
  timedOut: boolean
  timer?: NodeJS.Timeout
}

async function run(argv: readonly string[], state: State): Promise<number> {
  const version = { ...skopeoFlags.debug, short: 'v' }
  const before = parse({ ...skopeoFlags, version }, argv, true)
  if (before.values['version'] === true) {
    print(`skopeo version ${skopeoVersion} (berth ${readVersion()})\n`)
    return 0
  }
  const asked = before.args[0] === 'help' ? before.args.slice(1) : before.args
  const help = before.args[0] === 'help' || before.values['help'] === true
  const [name, ...rest] = asked
  const given = before.values['command-timeout'] as string | undefined
  if (given !== undefined) milliseconds(given, 'command-timeout')
  if (name === undefined) {
    if (!help) throw new UsageError("Missing command 'skopeo COMMAND'", "Try 'skopeo --help' for more information")
    print(skopeoOverview(skopeoCommands))
    return 0
  }
  const found = Object.hasOwn(skopeoCommands, name) ? skopeoCommands[name] : undefined
  if (!found && before.args[0] === 'help') {
    printError(`Unknown help topic [\`${asked.join(' ')}\`]\n${skopeoOverview(skopeoCommands).replace(/^.*?(?=Usage:)/s, '')}`)
    return 0
  }
  if (!found) throw new UsageError(`Unrecognized command \`skopeo ${name}\``, "Try 'skopeo --help' for more information")
  state.command = found
  const command = await found.load()
  if (help) {
    print(skopeoHelp(name, command))
    return 0
  }
  return call(name, command, rest, before, argv, state)
}

async function call(
  name: string,
  command: Command,
  rest: readonly string[],
  before: ReturnType<typeof parse>,
  argv: readonly string[],
  state: State,
): Promise<number> {
  const { args, values, given } = parse({ ...skopeoFlags, ...command.flags }, rest)
  if (values['help'] === true) {
    print(skopeoHelp(name, command))
    return 0
  }
  for (const key of before.given) if (!given.has(key)) values[key] = before.values[key]
  const { min = 0, max = Infinity } = command.args ?? {}
  if (args.length < min || args.length > max) {
    if (state.command?.showsUsage) printError(skopeoHelp(name, command))
    throw new UsageError(state.command?.wrongCount ?? 'wrong number of arguments')
  }
  if (before.given.has('tls-verify'))
    logLine('warning', "'--tls-verify' is deprecated, please set this on the specific subcommand")
  else if ((name === 'copy' || name === 'sync') && values['tls-verify'] !== undefined)
    logLine('warning', "'--tls-verify' is deprecated, instead use: --src-tls-verify, --dest-tls-verify")
  state.reportsMissingSource = reportsMissingSource(state.command, args[0] ?? '')
  const global = globalOf(values, state)
  const engine = openEngineOnce(global)
  const made: Call = {
    args,
    flags: values as never,
    given,
    global,
    engine: engine.open,
    close: engine.close,
    remote: false,
    commandLine: ['skopeo', ...argv],
  }
  try {
    return (await command.run(made)) ?? 0
  } finally {
    await engine.close()
  }
}

/** Flags before the command's name mean the same as after it. */
function parse(flags: Command['flags'], argv: readonly string[], stopAtFirst = false) {
  try {
    return parseFlags(flags, argv, { program: 'skopeo', stopAtFirst })
  } catch (error) {
    // Skopeo points to no help for a flag.
    if (error instanceof UsageError) throw new UsageError(error.message)
    throw error
  }
}

function globalOf(values: Values, state: State): GlobalOptions {
  const of = (name: string): string | undefined => values[name] as string | undefined
  const registriesConf = of('registries-conf')
  if (registriesConf) process.env['CONTAINERS_REGISTRIES_CONF'] = registriesConf
  const registriesD = of('registries.d')
  if (registriesD) process.env['BERTH_REGISTRIES_D'] = registriesD
  const temporary = of('tmpdir')
  if (temporary) process.env['TMPDIR'] = temporary
  const timeout = of('command-timeout')
  const wait = timeout === undefined ? 0 : milliseconds(timeout, 'command-timeout')
  if (wait > 0) state.timer = setTimeout(() => expire(state), wait)
  const logLevel = values['debug'] === true ? 'debug' : 'warn'
  return { logLevel, context: { logLevel } as GlobalOptions['context'] }
}

/** Ends the running command like Ctrl-C, repeatedly until its handler is installed; a command without one ends here. */
function expire(state: State): void {
  state.timedOut = true
  state.timer = setTimeout(() => expire(state), 50)
  if (process.emit('SIGTERM')) return
  logLine('fatal', 'context deadline exceeded')
  process.exit(1)
}

/** For layouts and archives skopeo has no special exit code. A sync's source has no transport. */
function reportsMissingSource(command: SkopeoCommand | undefined, source: string): boolean {
  if (command?.reportsMissingSource === undefined) return false
  if (source.startsWith('containers-storage:')) return true
  return (
    command.reportsMissingSource === 'all' &&
    (source.startsWith('docker://') || !/^(dir|oci|(oci|docker)-(archive|daemon)):/.test(source))
  )
}

const isMissing = (error: unknown): boolean => EngineError.is(error, 'ImageUnknown', 'ImageNotFound')

function messageOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof EngineError) return error.message
  return error instanceof Error && error.name === 'ExitError' ? error.message : EngineError.from(error).message
}
