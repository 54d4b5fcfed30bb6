import { containerSpecFields, describe, type Feature, type Info, type OperationName } from '../../engine/contract/index.ts'
import { _ } from '../i18n/gettext.ts'

/** The capabilities of the connected engine. Podman does not report features; its own are known. */
export interface Capabilities {
  /** The program whose command lines dialogs show. */
  readonly program: 'berth' | 'podman'
  has(feature: Feature): boolean
  /** Whether the engine has an operation: Podman lacks our extensions. */
  does(operation: OperationName): boolean
  /** Whether a field of a request for a container, by its path, has its effect; Podman has all of them. */
  takes(field: string): boolean
  /** Why containers cannot be checkpointed here; undefined where they can. */
  readonly checkpointReason: string | undefined
}

/** Derives them from the engine's info. */
export function capabilitiesOf({ berth, host }: Info): Capabilities {
  const { rootless } = host.security
  const podman: readonly Feature[] = rootless ? ['limits', 'rename'] : ['limits', 'rename', 'checkpoint']
  const features = new Set(berth?.features ?? podman)
  const can = features.has(rootless && berth ? 'rootless-checkpoint' : 'checkpoint')
  return {
    program: berth ? 'berth' : 'podman',
    has: (feature) => features.has(feature),
    does: (operation) => berth !== undefined || describe(operation).extension !== true,
    takes: (field) => berth === undefined || containerSpecFields[field]?.state === 'done',
    checkpointReason: can ? undefined : reason(rootless),
  }
}

function reason(rootless: boolean): string {
  return rootless
    ? _('Checkpointing a container requires root. Stop and start the container instead.')
    : _('Checkpoint and restore require CRIU, which does not work on this host.')
}
