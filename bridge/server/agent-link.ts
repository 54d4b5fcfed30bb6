import {
  type Control,
  encodeControl,
  encodeStdio,
  frameStdio,
  parseControl,
  type Problem,
  ProblemError,
  splitMessage,
  StdioReader,
} from '../protocol/index.ts'
import type { Duplex } from 'node:stream'

/** The connection to one user's agent, from the server's side. */
export interface AgentLink {
  /** Passes a whole message on. False: wait for {@link AgentEvents.drained}. */
  forward(message: Uint8Array): boolean
  send(control: Control): void
  /** Stops and resumes reading, for a page that is slower than its agent. */
  pause(): void
  resume(): void
  /** Ends it; the agent ends with it. Idempotent. */
  close(): void
}

/** What an agent link tells its session. What `data` and `control` throw ends it. */
export interface AgentEvents {
  data(channel: string, message: Uint8Array): void
  control(control: Control, message: Uint8Array): void
  drained(): void
  /** Called once. */
  ended(problem: Problem, message: string): void
}

/** Speaks to an agent. It runs as the user, so it is trusted with nothing but that user's pages. */
export function openAgentLink(agent: Duplex, host: string, events: AgentEvents): AgentLink {
  const reader = new StdioReader()
  let open = true
  const end = (error?: unknown): void => {
    if (!open) return
    open = false
    agent.destroy()
    const { problem, message } =
      error === undefined ? new ProblemError('terminated', 'The agent ended.') : ProblemError.from(error)
    events.ended(problem, message)
  }
  const receive = (message: Uint8Array): void => {
    const { channel, payload } = splitMessage(message)
    if (channel !== '') return events.data(channel, message)
    const control = parseControl(payload)
    if (control.command === 'close' && control.channel === undefined) {
      throw new ProblemError(String(control['problem'] ?? 'terminated'), String(control['message'] ?? 'The agent ended.'))
    }
    events.control(control, message)
  }
  agent.on('data', (chunk: Uint8Array) => {
    if (!open) return
    try {
      for (const message of reader.push(chunk)) receive(message)
    } catch (error) {
      end(error)
    }
  })
  agent.once('end', () => end())
  agent.once('close', () => end())
  agent.once('error', end)
  agent.on('drain', () => events.drained())
  agent.write(encodeStdio('', encodeControl({ command: 'init', version: 1, host })))
  return {
    forward: (message) => !open || agent.write(frameStdio(message)),
    send: (control) => {
      if (open) agent.write(encodeStdio('', encodeControl(control)))
    },
    pause: () => void agent.pause(),
    resume: () => void agent.resume(),
    close: () => {
      if (!open) return
      open = false
      agent.end(() => agent.destroy())
    },
  }
}
