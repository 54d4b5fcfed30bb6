import { EngineError } from '../../../errors/index.ts'
import { identity } from '../../../lib/process/identity.ts'
import { command } from '../../command.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { runProgram } from '../../terminal/run-program.ts'

export const unshare = command({
  summary: 'Run a command in a modified user namespace',
  description:
    'Runs a command, your shell by default, in your user and mount namespace, where your containers are: files show the owners that containers see, and what you mount there with `berth mount` is visible.',
  usage: '[COMMAND [ARG...]]',
  examples: ['berth unshare id', 'berth unshare cat /proc/self/uid_map'],
  flags: { 'rootless-netns': bool('', 'Join the rootless network namespace') },
  stopAtFirst: true,
  local: true,
  async run({ args, flags, engine }) {
    if (!identity().rootless) throw new UsageError('please use unshare with rootless')
    if (flags['rootless-netns'])
      throw new EngineError(
        'NotSupported',
        '--rootless-netns is refused: ordinary users have no bridge networks here yet, and so no network namespace that they share; leave it out.',
      )
    const [program = process.env['SHELL'] || '/bin/sh', ...rest] = args
    const { store } = await (await engine())['system.info']({})
    const { BERTH_ENTERED: _, ...env } = process.env
    return await runProgram(program, rest, { ...env, CONTAINERS_GRAPHROOT: store.graphRoot, CONTAINERS_RUNROOT: store.runRoot })
  },
})
