import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { usualDetachKeys } from '../../terminal/detach-keys.ts'
import { bool, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { proxySignals } from '../../terminal/proxy-signals.ts'
import { chooseContainers } from '../../flags/targets.ts'
import { print } from '../../output/print.ts'
import { joinTerminal } from '../../terminal/terminal.ts'

export const attach = command({
  summary: 'Attach to a running container',
  usage: 'CONTAINER',
  flags: {
    'detach-keys': textOr('', 'Select the key sequence for detaching a container', usualDetachKeys),
    latest: bool('l', 'Act on the latest container'),
    'no-stdin': bool('', 'Do not attach STDIN'),
    'sig-proxy': bool('', 'Proxy received signals to the process', true),
  },
  async run({ args, flags, engine }) {
    if (args.length > 1) throw new UsageError('`berth attach` accepts at most one argument')
    if (args.length === 0 && !flags.latest) throw new UsageError('"berth attach" requires a name, id, or the "--latest" flag')
    const api = await engine()
    const [target] = await chooseContainers(api, args, flags)
    const { Id, Config, State } = await api['container.inspect']({ name: target?.ref ?? '' })
    if (!State.Running)
      throw new EngineError('ContainerStateInvalid', `attaching to container ${Id}: you can only attach to running containers`)
    const stdin = !flags['no-stdin'] && Config.OpenStdin
    const pipe = await api['container.attach']({ name: Id, stdin, detachKeys: flags['detach-keys'] })
    const stopProxy = flags['sig-proxy'] && !Config.Tty ? proxySignals(api, Id) : () => {}
    try {
      const resize = (size: { h: number; w: number }) => api['container.resize']({ name: Id, ...size })
      await joinTerminal(pipe, { stdin, tty: Config.Tty, detachKeys: flags['detach-keys'], resize })
    } finally {
      stopProxy()
    }
    // As podman's, whose exit code says nothing of the container's.
    print('\n')
  },
})
