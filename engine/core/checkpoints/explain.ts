import { EngineError } from '../../errors/index.ts'

/** CRIU's failures, and what a user can do about them. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /Connected TCP socket|--tcp-established/i,
    'there are open TCP connections; repeat with --tcp-established, or close them first',
  ],
  [/file lock|--file-locks/i, 'there are locked files; repeat with --file-locks'],
  [/iptables|nft.*not found|network.lock/i, 'the network could not be locked; install the package nftables'],
  [
    /Image.*version|magic.*doesn't match|Unable to open .*\.img|Failed to open .*\.img/i,
    'the saved state is incomplete or of another version of CRIU; make it again',
  ],
]

/** Adds the way out to a failure of CRIU, where one is known. Other failures stay as they are. */
export function explainFailure(error: unknown): EngineError {
  const failure = EngineError.from(error)
  if (failure.code !== 'CheckpointFailed') return failure
  const found = advice.find(([pattern]) => pattern.test(failure.message))
  return found
    ? new EngineError('CheckpointFailed', `${failure.message}: ${found[1]}.`, { details: failure.details, cause: error })
    : failure
}
