import type { Engine, Pipe } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { createContainer } from '../../spec/create-container.ts'
import { checkDetachKeys, usualDetachKeys } from '../../terminal/detach-keys.ts'
import { ExitError, exitCodeOf } from '../../exit-code.ts'
import { bool, textOr, type Values } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { proxySignals } from '../../terminal/proxy-signals.ts'
import { createNotYet, runFlags } from '../../spec/flags.ts'
import { joinTerminal } from '../../terminal/terminal.ts'
import { isPullOnly } from '../../transfer/pull-apart.ts'
import { print, printError } from '../../output/print.ts'

const flags = {
  ...runFlags,
  detach: bool('d', 'Run container in background and print container ID'),
  'detach-keys': textOr('', 'Override the key sequence for detaching a container', usualDetachKeys, { value: '[a-Z]' }),
  'sig-proxy': bool('', 'Proxy received signals to the process', true),
}

type RunValues = Values<typeof flags>

export const run = command({
  summary: 'Run a command in a new container',
  description: 'Runs a command in a new container from the given image.',
  usage: 'IMAGE [COMMAND [ARG...]]',
  examples: [
    'berth run imageID ls -alF /etc',
    'berth run --network=host imageID dnf -y install java',
    'berth run --volume /var/hostdir:/var/ctrdir -i -t fedora /bin/bash',
  ],
  notYet: createNotYet,
  stopAtFirst: true,
  flags,
  args: { min: 1 },
  async run({ args, flags, engine, commandLine, remote }) {
    const stream = flags.attach.find((each) => !['stdin', 'stdout', 'stderr'].includes(each.toLowerCase()))
    if (stream !== undefined)
      throw new UsageError(
        `invalid stream ${JSON.stringify(stream)} for --attach - must be one of stdin, stdout, or stderr: invalid argument`,
      )
    if (flags.tty && flags.interactive && !process.stdin.isTTY && !isPullOnly()) {
      printError(
        'time="' +
          new Date().toISOString() +
          '" level=warning msg="The input device is not a TTY. The --tty and --interactive flags might not work properly"\n',
      )
    }
    checkDetachKeys(flags['detach-keys'], 126)
    const passes = passesThrough(flags['log-driver'])
    await requireAuthfile(flags.authfile, remote)
    const api = await engine()
    const id = await createContainer(api, args, flags, commandLine)
    try {
      if (!flags.detach) return passes ? await untilEnd(api, id) : await foreground(api, id, flags)
      await api['container.start']({ name: id })
    } catch (error) {
      if (flags.rm || flags.rmi) await removeQuietly(api, id)
      throw notStarted(error)
    }
    print(`${id}\n`)
    return 0
  },
})

/** Whether the container has this process's own streams. @throws UsageError at a terminal, which it would take over */
function passesThrough(driver: string | undefined): boolean {
  if (driver === 'passthrough' && [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY))
    throw new UsageError(
      "the '--log-driver passthrough' option cannot be used on a TTY.  If you really want it, use '--log-driver passthrough-tty'",
    )
  return driver === 'passthrough' || driver === 'passthrough-tty'
}

/** There is nothing to attach to: its output goes past us. */
async function untilEnd(api: Engine, id: string): Promise<number> {
  await api['container.start']({ name: id })
  return await exitCode(api, id, api['container.wait']({ name: id }))
}

/** Podman's exit code where a container was made and could not be started, whatever the reason, is at least 126. */
function notStarted(error: unknown): unknown {
  if (exitCodeOf(error) !== 125) return error
  return new ExitError(EngineError.is(error, 'MountSourceNotFound') ? 127 : 126, EngineError.from(error).message, error)
}

async function foreground(api: Engine, id: string, flags: RunValues): Promise<number> {
  const streams = flags.attach.map((stream) => stream.toLowerCase())
  const wants = (stream: string) => streams.length === 0 || streams.includes(stream)
  const stdin = flags.interactive && wants('stdin')
  const pipe = await api['container.attach']({
    name: id,
    stdin,
    stdout: wants('stdout'),
    stderr: wants('stderr'),
    logs: false,
    stream: true,
    detachKeys: flags['detach-keys'],
  })
  const running = Promise.withResolvers<void>()
  const stopProxy = flags['sig-proxy'] && !flags.tty ? proxySignals(api, id, running.promise) : () => {}
  try {
    await start(api, id, pipe)
    running.resolve()
    const ended = api['container.wait']({ name: id })
    ended.catch(() => {}) // awaited below, unless the user detaches
    const resize = (size: { h: number; w: number }) => api['container.resize']({ name: id, ...size })
    const detached = await joinTerminal(pipe, { stdin, tty: flags.tty, detachKeys: flags['detach-keys'], resize })
    return detached ? 0 : await exitCode(api, id, ended)
  } finally {
    stopProxy()
  }
}

async function start(api: Engine, id: string, pipe: Pipe): Promise<void> {
  try {
    await api['container.start']({ name: id })
  } catch (error) {
    pipe.close()
    throw error
  }
}

/** A container with --rm may be removed before the response; its exit code is then in the events. */
async function exitCode(api: Engine, id: string, ended: Promise<number>): Promise<number> {
  try {
    return await ended
  } catch (error) {
    if (!EngineError.is(error, 'ContainerNotFound', 'NotFound')) throw error
    let code = 0
    for await (const { Actor } of await api['system.events']({
      stream: false,
      since: '1h',
      filters: { container: [id], event: ['died'] },
    })) {
      code = Number(Actor.Attributes['containerExitCode'] ?? code)
    }
    return code
  }
}

async function removeQuietly(api: Engine, id: string): Promise<void> {
  await api['container.remove']({ name: id, force: true, v: true, ignore: true }).catch(() => {})
}
