import { existsSync } from 'node:fs'

import type { Output } from '../../contract/index.ts'
import { which } from '../../lib/process/exec.ts'
import { cgroupPlacement } from '../config/cgroup-placement.ts'
import type { Context } from '../context.ts'
import { berthVersion } from './berth-version.ts'

type Berth = NonNullable<Output<'system.info'>['berth']>

/** The engine's capabilities for this user on this host, and the limitations with their reasons. */
export async function abilities(context: Context): Promise<Berth> {
  const { rootless, userName } = context.identity
  const features: Berth['features'] = ['pull-progress', 'usage-history', 'rename']
  const notes: string[] = []
  const { manager } = await cgroupPlacement(context)
  if (manager === 'disabled') {
    notes.push(
      `${userName} has no control group of their own here, so containers run without limits and without figures of their use: log in once through the Berth console, which gives every user one, or ask an administrator.`,
    )
  } else {
    features.push('limits')
  }
  if (rootless) {
    notes.push(
      'Checkpoint and restore need root so far: an ordinary user can stop and start a container, or commit it to an image; an administrator can checkpoint containers in the system store.',
    )
  } else if (which('criu') === null) {
    notes.push('Checkpoint and restore need the program criu: install the package criu.')
  } else {
    features.push('checkpoint')
  }
  const missing = ['conmon', ...(rootless ? ['pasta'] : ['netavark'])].filter((program) => which(program) === null)
  if (missing.length > 0) notes.push(`Not installed, though containers need it: ${missing.join(', ')}.`)
  if (which('crun') === null && which('runc') === null)
    notes.push('Neither crun nor runc is installed, one of which starts containers.')
  if (rootless && !existsSync('/dev/net/tun')) notes.push('There is no /dev/net/tun, which the network of ordinary users needs.')
  return { version: berthVersion(), features, notes }
}
