import { EngineError } from '../errors/index.ts'
import { identity } from '../lib/process/identity.ts'

/**
 * What is mounted in someone's own namespace is seen only there: as podman, this is said rather than done for nothing. Someone who has
 * entered it, with `unshare`, sees it.
 */
export function refuseRootless(name: string): void {
  // The launcher's word that it entered the namespace for this command alone.
  if (!identity().rootless || process.env['BERTH_ENTERED'] !== '1') return
  throw new EngineError(
    'NotSupported',
    `cannot run command "berth ${name}" in rootless mode, must execute \`berth unshare\` first: what it mounts is only visible inside your user namespace`,
  )
}
