import type { Engine } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { checkDetachKeys, usualDetachKeys } from '../../terminal/detach-keys.ts'
import { ExitError } from '../../exit-code.ts'
import { bool, text, texts, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { readEnvironment } from '../../spec/pairs.ts'
import { latestContainer, readIdFile } from '../../flags/targets.ts'
import { preservedDescriptors, preserveFlags } from '../../spec/preserve.ts'
import { joinTerminal, terminalSize } from '../../terminal/terminal.ts'
import { print } from '../../output/print.ts'

export const exec = command({
  summary: 'Run a process in a running container',
  description: 'Executes the specified command inside a running container.',
  usage: 'CONTAINER COMMAND [ARG...]',
  examples: ['berth exec -it box ls', 'berth exec -it -w /tmp box pwd', 'berth exec --user root box ls'],
  stopAtFirst: true,
  flags: {
    cidfile: text('', 'Read the container ID from the file'),
    detach: bool('d', 'Run the exec session in detached mode (backgrounded)'),
    'detach-keys': textOr('', 'Select the key sequence for detaching a container', usualDetachKeys),
    env: texts('e', 'Set environment variables'),
    'env-file': texts('', 'Read in a file of environment variables'),
    interactive: bool('i', 'Make STDIN available to the contained process'),
    latest: bool('l', 'Act on the latest container'),
    'no-session': bool('', 'Store nothing of the command, which makes it start faster'),
    ...preserveFlags,
    privileged: bool('', 'Give the process extended Linux capabilities inside the container'),
    tty: bool('t', 'Allocate a pseudo-TTY'),
    user: text('u', 'Sets the username or UID used and optionally the groupname or GID for the specified command'),
    workdir: text('w', 'Working directory inside the container'),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    const [name, ...Cmd] = await withContainer(api, args, flags)
    if (name === undefined) throw new UsageError('exec requires the name or ID of a container or the --latest or --cidfile flag')
    if (Cmd.length === 0) throw new UsageError('must provide a non-empty command to start an exec session: invalid argument')
    checkDetachKeys(flags['detach-keys'], generic)
    const environment = await readEnvironment(flags['env-file'], flags.env, process.env)
    const body = {
      Cmd,
      Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      AttachStdin: flags.interactive,
      AttachStdout: !flags.detach,
      AttachStderr: !flags.detach,
      Tty: flags.tty,
      User: flags.user,
      WorkingDir: flags.workdir,
      Privileged: flags.privileged,
      DetachKeys: flags['detach-keys'],
      NoSession: flags['no-session'],
    }
    const PreserveFd = preservedDescriptors(flags)
    const { Id } = await prepare(api, name, body)
    if (!flags.detach) return connect(api, Id, PreserveFd, flags)
    ;(await begin(api, Id, { Detach: true, PreserveFd }, 125)).close()
    print(`${Id}\n`)
    return 0
  },
})

/** The container, wherever it is named, and the command. @throws UsageError where it is named twice, or not in the file. */
async function withContainer(
  api: Engine,
  args: readonly string[],
  { latest, cidfile }: { latest: boolean; cidfile?: string | undefined },
): Promise<readonly string[]> {
  if (latest && cidfile !== undefined) throw new UsageError('--latest and --cidfile cannot be used together')
  if (cidfile !== undefined) return [await readIdFile(cidfile), ...args]
  return latest ? [(await latestContainer(api)).Id, ...args] : args
}

async function prepare(api: Engine, name: string, body: Parameters<Engine['exec.create']>[0]['body']): Promise<{ Id: string }> {
  try {
    return await api['exec.create']({ name, body })
  } catch (error) {
    if (EngineError.is(error, 'ContainerStateInvalid')) throw new ExitError(generic, error.message, error)
    throw error
  }
}

/** Podman's exit code where the command could not even be tried. */
const generic = 255

/** @param codeOfUser the exit code where the container knows no such user or group. */
async function begin(api: Engine, id: string, body: Parameters<Engine['exec.start']>[0]['body'], codeOfUser: number) {
  try {
    return await api['exec.start']({ id, body })
  } catch (error) {
    if (EngineError.is(error, 'CommandNotExecutable') && ('user' in error.details || 'group' in error.details))
      throw new ExitError(codeOfUser, error.message, error)
    throw error
  }
}

async function connect(
  api: Engine,
  id: string,
  PreserveFd: number[],
  flags: { interactive: boolean; tty: boolean; 'detach-keys': string },
): Promise<number> {
  const size = flags.tty ? terminalSize() : undefined
  const pipe = await begin(api, id, { Detach: false, Tty: flags.tty, PreserveFd, ...size }, generic)
  const resize = (now: { h: number; w: number }) => api['exec.resize']({ id, ...now })
  if (await joinTerminal(pipe, { stdin: flags.interactive, tty: flags.tty, detachKeys: flags['detach-keys'], resize })) return 0
  const { ExitCode } = await api['exec.inspect']({ id })
  await api['exec.remove']({ id, body: {} }).catch(() => {}) // otherwise it is removed with its container
  return ExitCode
}
