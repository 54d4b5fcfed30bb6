import type { Problem } from '../../protocol/index.ts'
import type { Duplex } from 'node:stream'

/** The state of a login. */
export type LoginState =
  /** Logged in: the connection to the user's agent, a socket or pipe, which has copied what it says is written. The caller ends it. */
  | { kind: 'agent'; user: string; agent: Duplex }
  /** The system asks another question. */
  | { kind: 'question'; prompt: string; answer(text: string): Promise<LoginState>; cancel(): void }
  /** Refused; the response does not depend on the user. */
  | { kind: 'refused'; problem: Problem; message: string }

/** Decides who may log in, and starts their agent. */
export interface Authenticator {
  /** Rejects with a ProblemError if the login service is not available. */
  begin(user: string, password: string, remote: string): Promise<LoginState>
}
