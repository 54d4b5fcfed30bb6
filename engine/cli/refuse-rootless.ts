import { EngineError } from '../errors/index.ts'
import { identity } from '../lib/process/identity.ts'

/** What is mounted in someone's own namespace is seen only there: as podman, this is said rather than done for nothing. */
export function refuseRootless(name: string): void {
  if (!identity().rootless) return
  throw new EngineError(
    'NotSupported',
    `cannot run command "berth image ${name}" in rootless mode: what it mounts is only visible inside your user namespace`,
  )
}
