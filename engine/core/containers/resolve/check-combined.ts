import { accessSync } from 'node:fs'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerNamespaces } from '../../../store/index.ts'

/**
 * What cannot be had beside the container's namespaces.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function checkBesideNamespaces(spec: ContainerSpec, { ipc, pid, net }: ContainerNamespaces): void {
  if (spec.shm_size && (ipc.mode === 'host' || ipc.mode === 'none'))
    throw invalid('shm_size', `invalid config provided: cannot set shmsize when running in the {${ipc.mode} } IPC Namespace`)
  if (spec.init && pid.mode !== 'private') throw invalid('init', "cannot add init binary as PID 1 (PID namespace isn't private)")
  for (const [name, value] of Object.entries(spec.sysctl ?? {}))
    if (name.startsWith('net.') && net.mode === 'host')
      throw invalid('sysctl', `sysctl ${name}=${value} can't be set since Network Namespace set to host: invalid argument`)
}

const kernelSettings = new Set(
  ['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced'].map((name) => `kernel.${name}`),
)

/** Settings of the kernel that namespaces have of their own. @throws EngineError `InvalidArgument`, with podman's message */
export function checkSysctls({ sysctl }: Pick<ContainerSpec, 'sysctl'>): void {
  const wrong = Object.keys(sysctl ?? {}).find((name) => !kernelSettings.has(name) && !/^(net|fs\.mqueue)\./.test(name))
  if (wrong !== undefined) throw invalid('sysctl', `sysctl '${wrong}' is not allowed`)
}

/** @throws EngineError `InvalidArgument`, with podman's message, for a profile that is not there. */
export function checkSeccompFile({ seccomp_profile_path: file = '' }: ContainerSpec): void {
  if (file === '' || file === 'unconfined') return
  try {
    accessSync(file)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : (error as Error).message
    throw invalid('seccomp_profile_path', `opening seccomp profile failed: open ${file}: ${reason}`)
  }
}

function invalid(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
