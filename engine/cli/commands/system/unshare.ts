import { existsSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { requireProgram } from '../../../lib/process/exec.ts'
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
  local: 'store',
  async run({ args, flags, engine }) {
    if (!identity().rootless) throw new UsageError('please use unshare with rootless')
    const [program = process.env['SHELL'] || '/bin/sh', ...rest] = args
    const { store } = await (await engine())['system.info']({})
    const { BERTH_ENTERED: _, ...env } = process.env
    const [first, ...words] = flags['rootless-netns'] ? [...inNetwork(store.runRoot), program, ...rest] : [program, ...rest]
    return await runProgram(first ?? program, words, {
      ...env,
      CONTAINERS_GRAPHROOT: store.graphRoot,
      CONTAINERS_RUNROOT: store.runRoot,
    })
  },
})

/** The namespace that an ordinary user's bridge networks share: it is there while a container is on one. */
function inNetwork(runRoot: string): string[] {
  const file = path.join(runRoot, 'rootless-netns/netns')
  if (existsSync(file)) return [requireProgram('nsenter'), `--net=${file}`, '--']
  throw new EngineError(
    'NetworkNotFound',
    'There is no rootless network namespace yet: it is made when a container on a bridge network starts.',
  )
}
