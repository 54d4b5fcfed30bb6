import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { containersOfPod, type PodRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { isLive } from '../lifecycle/transitions.ts'

/**
 * Init containers run one after another before the others of their pod: `always` at each start of it, `once` at the first, after
 * which they are removed.
 *
 * @throws EngineError `InvalidArgument`, `PodStateInvalid`, with podman's message.
 */
export function checkInitContainer(
  { database }: Context,
  { init_container_type: type = '' }: ContainerSpec,
  pod: PodRecord | undefined,
): void {
  if (type === '') return
  const details = { field: 'init_container_type' }
  if (type !== 'always' && type !== 'once')
    throw new EngineError('InvalidArgument', "init-ctr value must be 'always' or 'once'", { details })
  if (!pod) throw new EngineError('InvalidArgument', 'must specify pod value with init-ctr', { details })
  if (containersOfPod(database, pod.id).some(isLive))
    throw new EngineError('PodStateInvalid', `cannot add init-ctr to a running pod: stop pod ${pod.name} first`, {
      details: { ...details, pod: pod.id },
    })
}
