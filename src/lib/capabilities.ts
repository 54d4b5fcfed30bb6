import { describe, type Feature, type Info, type OperationName } from '../../engine/contract/index.ts'
import { _ } from './gettext.ts'

/** What can be done with the engine that is there. Real Podman names no features: what it has is known. */
export interface Capabilities {
  /** The program whose command lines dialogs show. */
  readonly program: 'berth' | 'podman'
  has(feature: Feature): boolean
  /** Whether the engine has an operation at all: real Podman lacks those that are ours alone. */
  does(operation: OperationName): boolean
  /** Why containers cannot be checkpointed here; undefined where they can. */
  readonly checkpointReason: string | undefined
}

/** Reads them off the engine's own description. */
export function capabilitiesOf({ berth, host }: Info): Capabilities {
  const { rootless } = host.security
  const podman: readonly Feature[] = rootless ? ['limits', 'rename'] : ['limits', 'rename', 'checkpoint']
  const features = new Set(berth?.features ?? podman)
  const can = features.has(rootless && berth ? 'rootless-checkpoint' : 'checkpoint')
  return {
    program: berth ? 'berth' : 'podman',
    has: (feature) => features.has(feature),
    does: (operation) => berth !== undefined || describe(operation).extension !== true,
    checkpointReason: can ? undefined : reason(rootless),
  }
}

function reason(rootless: boolean): string {
  return rootless
    ? _(
        "Saving a container's state needs an administrator: the kernel lets only root do it. Stop and start the container instead.",
      )
    : _('CRIU, which saves and restores processes, does not work on this host.')
}
