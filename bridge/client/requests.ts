import { type Control, encodeControl, type Problem, ProblemError } from '../protocol/index.ts'

/** Milliseconds until a request times out. */
const timeout = 10_000

/** Requests to the server itself, by control messages without a channel. */
export interface Requests {
  ask(message: Control): Promise<Control>
  /** Whether `message` is the answer to one of them. */
  settle(message: Control): boolean
  /** The connection is lost: rejects all requests. */
  end(problem: Problem): void
}

/** Creates an empty set of requests. */
export function openRequests(send: (message: string) => void): Requests {
  const open = new Map<string, { command: string; settle: (answer: Control | ProblemError) => void }>()
  let count = 0
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        const id = String(++count)
        const timer = setTimeout(() => settle(new ProblemError('timeout', 'The server does not answer.')), timeout)
        const settle = (answer: Control | ProblemError): void => {
          clearTimeout(timer)
          open.delete(id)
          if (answer instanceof ProblemError) reject(answer)
          else resolve(answer)
        }
        open.set(id, { command: message.command, settle })
        send(`\n${encodeControl({ ...message, id })}`)
      }),
    settle: (message) => {
      const { id, command, problem } = message
      const found = typeof id === 'string' ? open.get(id) : undefined
      if (found?.command !== command) return false
      const text = typeof message['message'] === 'string' ? message['message'] : 'The server refused.'
      found.settle(typeof problem === 'string' ? new ProblemError(problem, text) : message)
      return true
    },
    end: (problem) => {
      for (const { settle } of open.values()) settle(new ProblemError(problem, 'The connection is lost.'))
    },
  }
}
