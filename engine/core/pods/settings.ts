import { EngineError } from '../../errors/index.ts'
import type { PodConfig } from '../../store/index.ts'

const shareable = ['ipc', 'net', 'uts', 'pid', 'cgroup'] as const satisfies PodConfig['shared']
const usual: PodConfig['shared'] = ['ipc', 'net', 'uts']

/**
 * Which namespaces members take from the infra container; podman's three by default.
 *
 * @param sharesParent the pod is its members' cgroup parent.
 * @throws EngineError `InvalidArgument`, with
 * podman's message.
 */
export function sharedNamespaces(asked: readonly string[] | null | undefined, sharesParent = true): PodConfig['shared'] {
  if (!asked || asked.length === 0) return usual
  const names = asked.filter((name) => name !== '' && name !== 'none')
  for (const name of names) {
    if (!(shareable as readonly string[]).includes(name)) {
      throw new EngineError(
        'InvalidArgument',
        `invalid kernel namespace to share: ${name}. Options are: cgroup, ipc, net, pid, uts or none`,
        { details: { namespace: name } },
      )
    }
  }
  // A pod is its members' cgroup parent: no namespace could show both.
  if (names.includes('cgroup') && sharesParent)
    throw new EngineError(
      'InvalidArgument',
      "cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS: invalid argument",
      { details: { namespace: 'cgroup' } },
    )
  return shareable.filter((name) => names.includes(name))
}

/** What happens to the infra container when the last member exits. @throws EngineError `InvalidArgument`, with podman's message. */
export function exitPolicy(asked: string | undefined): PodConfig['exitPolicy'] {
  if (asked === undefined || asked === '' || asked === 'continue') return 'continue'
  if (asked === 'stop') return 'stop'
  throw new EngineError('InvalidArgument', `invalid pod exit policy: ${JSON.stringify(asked)}; use continue or stop`, {
    details: { policy: asked },
  })
}
