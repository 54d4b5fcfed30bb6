import type { PodSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'

const withoutPorts = ['host', 'none', 'container', 'ns', 'path']

/**
 * Checks that a pod has the network that its ports and addresses need.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export async function checkPodNetwork(context: Context, spec: PodSpec, shared: readonly string[]): Promise<void> {
  const mode = spec.netns?.nsmode ?? ''
  const publishes = (spec.portmappings ?? []).length > 0
  if (publishes && withoutPorts.includes(mode))
    throw refused('portmappings', 'PortMappings can only be used with Bridge, slirp4netns, or pasta networking')
  if (publishes && shared.length === 0)
    throw refused('portmappings', 'you must have an infra container to publish port bindings to the host')
  const networks = Object.keys(spec.Networks ?? {})
  const asksForNone = (mode === '' || mode === 'default') && networks.length > 0 && networks.every((name) => name === 'default')
  if (!asksForNone || !context.identity.rootless) return
  if ((await context.conf()).containers.netns !== 'bridge')
    throw refused(
      'netns',
      'invalid config provided: networks and static ip/mac address can only be used with Bridge mode networking',
    )
}

function refused(field: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field } })
}
