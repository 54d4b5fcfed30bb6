import { readFileSync } from 'node:fs'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { Context } from '../../context.ts'
import { hostTraits } from './mount-options.ts'

/** Which security modules can confine a container here. */
export interface SecurityModules {
  selinux: boolean
  apparmor: boolean
}

/** Profiles of AppArmor are loaded by root alone, so containers of ordinary users have none, as with podman. */
function securityModules({ identity }: Context): SecurityModules {
  return { ...hostTraits(), apparmor: !identity.rootless && hasAppArmor() }
}

/** Whether the kernel has AppArmor, and it is on. */
export function hasAppArmor(): boolean {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'utf8').startsWith('Y')
  } catch {
    return false
  }
}

/**
 * Whether labels and profiles that are asked for can be had. Without SELinux labels mean nothing, and are accepted as podman does.
 *
 * @throws EngineError `InvalidArgument` for a profile without AppArmor, with podman's message; `NotSupported` for a label with
 *   SELinux.
 */
export function checkConfinement(context: Context, spec: ContainerSpec, modules?: SecurityModules): void {
  const profile = spec.apparmor_profile ?? ''
  const labels = (spec.selinux_opts ?? []).filter((each) => each !== 'disable' && each !== '')
  if ((profile === '' || profile === 'unconfined') && labels.length === 0 && !spec.label_nested) return
  const { selinux, apparmor } = modules ?? securityModules(context)
  if (spec.label_nested && !selinux)
    throw new EngineError('InvalidArgument', 'label=nested needs SELinux: statfs /sys/fs/selinux: no such file or directory', {
      details: { field: 'label_nested' },
    })
  if (spec.label_nested) labels.push('nested')
  if (profile !== '' && profile !== 'unconfined' && !apparmor) {
    const message = `apparmor profile ${JSON.stringify(profile)} specified, but Apparmor is not enabled on this system; leave --security-opt apparmor out`
    throw new EngineError('InvalidArgument', message, { details: { field: 'apparmor_profile' } })
  }
  if (selinux && labels.length > 0) {
    const message = `The label ${JSON.stringify(labels[0])} is refused: containers get no label of SELinux in this version; use --security-opt label=disable, which says so.`
    throw new EngineError('NotSupported', message, { details: { field: 'selinux_opts' } })
  }
}
