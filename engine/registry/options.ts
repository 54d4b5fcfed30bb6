import type { Credentials } from './auth/credential.ts'
import type { Connections } from './http/connections.ts'

/** How a registry is spoken to. */
export interface RegistryOptions {
  credentials?: Credentials
  certDir?: string
  /** Retries of a request that failed temporarily; 3. */
  retry?: number
  /** Milliseconds before the first retry, doubled for each; 1,000. */
  retryDelay?: number
  /** Called with a line when a request failed temporarily and will be retried. */
  onRetry?: (line: string) => void
  /** A bearer token to use instead of a login. */
  token?: string
  /** Additional scopes to request, such as `repository:a/b:pull` to mount blobs from there. */
  scopes?: readonly string[]
  /** Milliseconds a connection may deliver next to nothing before it counts as lost; 60,000. */
  idle?: number
  /** Whether something is to be pushed: requests that scope from the start, and has a longer timeout for responses. */
  push?: boolean
  /** Shared connections; by default own ones. */
  connections?: Connections
  signal?: AbortSignal
}
