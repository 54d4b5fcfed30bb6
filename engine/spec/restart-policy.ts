import { badValue, inContext } from './bad-value.ts'
import { parseInteger } from './integer.ts'

/** What happens when a container ends by itself. Podman's `never` is another word for `no`. */
export const restartPolicies = ['no', 'on-failure', 'always', 'unless-stopped'] as const
export type RestartPolicyName = (typeof restartPolicies)[number]

/** A policy, and how often it may start the container again; 0 is without an end. */
export interface ParsedRestartPolicy {
  /** Empty where nobody chose one, which is `no`. */
  name: RestartPolicyName | ''
  maximumRetries: number
}

/** Whether a policy starts a container again; beside removal at the end it would have nothing to start. */
const restarts = ({ name }: ParsedRestartPolicy): boolean => name !== '' && name !== 'no'

/** The name of a policy. @throws EngineError `InvalidArgument`. */
export function restartPolicyName(text: string): RestartPolicyName | '' {
  if (text === '') return ''
  const name = restartPolicies.find((each) => each === (text === 'never' ? 'no' : text))
  if (name === undefined)
    throw badValue('"{policy}" is not a valid restart policy: use no, on-failure[:max-retries], always or unless-stopped', {
      policy: text,
    })
  return name
}

/** `always`, `on-failure`, `on-failure:3`. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseRestartPolicy(text: string): ParsedRestartPolicy {
  const [policy = '', retries, ...more] = text.split(':')
  if (more.length > 0) throw badValue('invalid restart policy: may specify retries at most once')
  const name = restartPolicyName(policy)
  const maximumRetries = retries === undefined ? 0 : inContext('parsing restart policy retry count', () => parseInteger(retries))
  return checkRestartPolicy({ name, maximumRetries }, { hasRetries: retries !== undefined })
}

/**
 * Checks what belongs together.
 *
 * @param beside whether a number of retries was given at all, and whether the container is removed when it ends.
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function checkRestartPolicy(
  policy: ParsedRestartPolicy,
  beside: { hasRetries?: boolean; remove?: boolean | undefined } = {},
): ParsedRestartPolicy {
  const { name, maximumRetries } = policy
  if (name !== 'on-failure' && (beside.hasRetries || maximumRetries > 0))
    throw badValue('restart policy retries can only be specified with on-failure restart policy', { policy: name })
  if (!Number.isInteger(maximumRetries) || maximumRetries < 0)
    throw badValue('must specify restart policy retry count as a number greater than 0', { retries: maximumRetries })
  if (beside.remove && restarts(policy))
    throw badValue('the --rm option conflicts with --restart, when the restartPolicy is not "" and "no"', { policy: name })
  return policy
}
