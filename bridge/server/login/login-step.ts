import { ProblemError } from '../../protocol/index.ts'
import type { LoginState } from './authenticator.ts'

/** The same for an unknown user, a wrong password, and a conversation that is over. */
export function refusal(): LoginState {
  return { kind: 'refused', problem: 'authentication-failed', message: 'Wrong user name or password.' }
}

/** The result of a step, or a refusal after a timeout of `time` milliseconds; a later result is discarded. */
export async function withTimeout(step: Promise<LoginState>, time: number): Promise<LoginState> {
  let late = false
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<LoginState>((resolve) => {
    timer = setTimeout(() => {
      late = true
      resolve({ kind: 'refused', problem: 'timeout', message: 'The system took too long to check the login; try again.' })
    }, time)
  })
  step.then(
    (state) => {
      if (late && state.kind === 'agent') state.agent.destroy()
      if (late && state.kind === 'question') state.cancel()
    },
    () => {
      // Handled below.
    },
  )
  try {
    return await Promise.race([step, timeout])
  } catch (error) {
    return { kind: 'refused', problem: 'internal-error', message: ProblemError.from(error).message }
  } finally {
    clearTimeout(timer)
  }
}
