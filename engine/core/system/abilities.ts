import { existsSync } from 'node:fs'

import type { Limitation, Output } from '../../contract/index.ts'
import { which } from '../../lib/process/exec.ts'
import { cgroupPlacement } from '../config/cgroup-placement.ts'
import type { Context } from '../context.ts'
import { berthVersion } from './berth-version.ts'

type Berth = NonNullable<Output<'system.info'>['berth']>

/** The engine's capabilities for this user on this host, and the limitations with their reasons. */
export async function abilities(context: Context): Promise<Berth> {
  const { rootless, userName } = context.identity
  const features: Berth['features'] = ['pull-progress', 'usage-history', 'rename']
  const limitations: NonNullable<Berth['limitations']> = []
  const add = (code: Limitation, message: string, names?: string): void =>
    void limitations.push({ code, message, ...(names === undefined ? {} : { names }) })
  const { manager } = await cgroupPlacement(context)
  if (manager === 'disabled') {
    add(
      'no-control-group',
      `${userName} has no control group of their own here, so containers run without limits and without figures of their use: log in once through the Berth console, which gives every user one, or ask an administrator.`,
    )
  } else {
    features.push('limits')
  }
  if (rootless) {
    add(
      'checkpoint-requires-root',
      'Checkpoint and restore need root so far: an ordinary user can stop and start a container, or commit it to an image; an administrator can checkpoint containers in the system store.',
    )
  } else if (which('criu') === null) {
    add('criu-missing', 'Checkpoint and restore need the program criu: install the package criu.')
  } else {
    features.push('checkpoint')
  }
  const missing = ['conmon', ...(rootless ? ['pasta'] : ['netavark'])].filter((program) => which(program) === null).join(', ')
  if (missing !== '') add('programs-missing', `Not installed, though containers need it: ${missing}.`, missing)
  if (which('crun') === null && which('runc') === null)
    add('runtime-missing', 'Neither crun nor runc is installed, one of which starts containers.')
  if (rootless && !existsSync('/dev/net/tun'))
    add('tun-missing', 'There is no /dev/net/tun, which the network of ordinary users needs.')
  return { version: berthVersion(), features, notes: limitations.map(({ message }) => message), limitations }
}
