import type { Problem } from '../protocol/index.ts'
import type { Duplex } from 'node:stream'

/** Where a login stands. */
export type LoginState =
  /** Logged in: the connection to the user's agent, which whoever gets it ends. */
  | { kind: 'agent'; user: string; agent: Duplex }
  /** The system asks something more. */
  | { kind: 'question'; prompt: string; answer(text: string): Promise<LoginState>; cancel(): void }
  /** Refused; the form is the same whoever the user is. */
  | { kind: 'refused'; problem: Problem; message: string }

/** Decides who may log in, and starts their agent. */
export interface Authenticator {
  /** Rejects with a ProblemError where it cannot be asked. */
  begin(user: string, password: string, remote: string): Promise<LoginState>
}
