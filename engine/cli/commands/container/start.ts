import { EngineError } from '../../../errors/index.ts'
import type { Engine } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { usualDetachKeys } from '../../terminal/detach-keys.ts'
import { bool, texts, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { proxySignals } from '../../terminal/proxy-signals.ts'
import { chooseContainers, forEach, parseFilters, type Target } from '../../flags/targets.ts'
import { joinTerminal } from '../../terminal/terminal.ts'

export const start = command({
  summary: 'Start one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth start web', 'berth start --interactive --attach box'],
  flags: {
    all: bool('', 'Start all containers regardless of their state or configuration'),
    attach: bool('a', "Attach container's STDOUT and STDERR"),
    'detach-keys': textOr('', 'Select the key sequence for detaching a container', usualDetachKeys),
    filter: texts('f', 'Filter output based on conditions given'),
    interactive: bool('i', 'Make STDIN available to the contained process'),
    latest: bool('l', 'Act on the latest container'),
    'sig-proxy': bool('', 'Proxy received signals to the process (default true if attaching)', true),
  },
  async run({ args, flags, engine }) {
    const api = await engine()
    if (args.length === 0 && !flags.all && !flags.latest && flags.filter.length === 0)
      throw new UsageError('start requires at least one argument')
    if (flags.all && args.length > 0)
      throw new UsageError('either start all containers or the container(s) provided in the arguments')
    if ((flags.attach || flags.interactive) && args.length > 1)
      throw new UsageError('you cannot start and attach multiple containers at once')
    const states = ['created', 'configured', 'exited', 'stopped', 'initialized']
    const targets =
      args.length > 0 && flags.filter.length > 0 && !flags.latest
        ? await matching(api, args, flags.filter)
        : await chooseContainers(api, args, { ...flags, states })
    if (flags.attach || flags.interactive) {
      if (targets.length !== 1) throw new UsageError('you cannot start and attach multiple containers at once')
      return attached(api, targets[0]?.ref ?? '', flags)
    }
    return forEach(targets, async ({ ref, shown }) => {
      try {
        await api['container.start']({ name: ref })
      } catch (error) {
        if (!EngineError.is(error, 'ContainerAlreadyStarted')) throw await startFailure(api, ref, error, (id) => `"${id}"`)
      }
      return shown
    })
  },
})

/** As podman's: with the container's id, behind the word of who failed, and with the same exit code whatever the reason. */
async function startFailure(api: Engine, name: string, error: unknown, shown: (id: string) => string): Promise<unknown> {
  if (EngineError.is(error, 'ContainerNotFound', 'NameAmbiguous')) return error
  const id = await api['container.inspect']({ name }).then(
    ({ Id }) => Id,
    () => name,
  )
  const told = EngineError.from(error).message
  const [before = '', word = ''] = /^(OCI runtime error: )?(?:unable to start container \S+: )?/.exec(told) ?? []
  return new ExitError(125, `${word}unable to start container ${shown(id)}: ${told.slice(before.length)}`, error)
}

/** Those of the named ones that the filters let through: of `start` alone can both be given. */
async function matching(api: Engine, args: readonly string[], filter: readonly string[]): Promise<Target[]> {
  const named = await Promise.all(args.map(async (name) => ({ ref: (await api['container.inspect']({ name })).Id, shown: name })))
  const list = await api['container.list']({ all: true, filters: parseFilters(filter) })
  return named.filter(({ ref }) => list.some(({ Id }) => Id === ref))
}

async function attached(
  api: Engine,
  name: string,
  flags: { interactive: boolean; 'detach-keys': string; 'sig-proxy': boolean },
): Promise<number> {
  const { Config, State, Id } = await api['container.inspect']({ name })
  const stdin = flags.interactive && Config.OpenStdin
  const explain = async (error: unknown) => {
    throw await startFailure(api, Id, error, (id) => id)
  }
  const begin = () => api['container.start']({ name: Id }).catch(explain)
  // A paused one can be attached to by nobody: what start says of it counts.
  if (State.Paused) await begin()
  const attaching = api['container.attach']({ name: Id, stdin, detachKeys: flags['detach-keys'] })
  const pipe = await (State.Running ? attaching : attaching.catch(explain))
  const running = Promise.withResolvers<void>()
  const stopProxy = flags['sig-proxy'] && !Config.Tty ? proxySignals(api, Id, running.promise) : () => {}
  try {
    if (!State.Running) await begin()
    running.resolve()
    const ended = api['container.wait']({ name: Id })
    ended.catch(() => {})
    const resize = (size: { h: number; w: number }) => api['container.resize']({ name: Id, ...size })
    return (await joinTerminal(pipe, { stdin, tty: Config.Tty, detachKeys: flags['detach-keys'], resize })) ? 0 : await ended
  } finally {
    stopProxy()
    pipe.close()
  }
}
