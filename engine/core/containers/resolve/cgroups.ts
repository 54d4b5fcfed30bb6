import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { CgroupPlacement } from '../../config/cgroup-placement.ts'
import type { Context } from '../../context.ts'

const modes = ['', 'enabled', 'no-conmon', 'disabled', 'split']

/**
 * Which program creates the container's control group. `no-conmon` is about the monitor alone.
 *
 * @param usual the default.
 * @throws EngineError `InvalidArgument` for an unknown mode, and for `disabled` with a runtime that always makes one, with podman's
 *   message; `NotSupported` for `split` with control groups of version 1.
 */
export async function resolveCgroups(
  context: Context,
  spec: ContainerSpec,
  usual: CgroupPlacement['manager'],
): Promise<CgroupPlacement['manager']> {
  const mode = spec.cgroups_mode ?? ''
  const details = { field: 'cgroups_mode', mode }
  if (mode === 'split') {
    if (context.cgroups.mode === 'v2') return 'cgroupfs'
    const message =
      "The caller's control group cannot be split (--cgroups split): that needs control groups of version 2; use enabled or no-conmon."
    throw new EngineError('NotSupported', message, { details })
  }
  if (!modes.includes(mode))
    throw new EngineError(
      'InvalidArgument',
      `invalid cgroups mode ${JSON.stringify(mode)}: use enabled, disabled, no-conmon or split`,
      {
        details,
      },
    )
  if (mode !== 'disabled' || usual === 'disabled') return usual
  const { name } = await context.runtime({ cgroupManager: 'disabled' })
  if (name === 'crun') return 'disabled'
  throw new EngineError(
    'InvalidArgument',
    `requested OCI runtime ${name} is not compatible with NoCgroups; leave out --cgroups disabled`,
    {
      details,
    },
  )
}
