import {
  BoundedWriter,
  type Control,
  encodeControl,
  encodeStdio,
  freeBytes,
  frameStdio,
  parseControl,
  type Problem,
  ProblemError,
  splitMessage,
  StdioReader,
  stdioHead,
} from '../../protocol/index.ts'
import type { Duplex } from 'node:stream'

/** The connection to one user's agent, from the server's side. */
export interface AgentLink {
  /** Forwards a message. False: wait for {@link AgentEvents.drained}. */
  forward(message: Uint8Array): boolean
  send(control: Control): void
  /** Sends pieces as one message of a channel. False: wait for {@link AgentEvents.drained}. */
  sendData(channel: string, pieces: readonly Uint8Array[]): boolean
  /** Ends it; the agent ends with it. Idempotent. */
  close(): void
}

/** The events of an agent link. An error thrown by `data` or `control` ends it. */
export interface AgentEvents {
  data(channel: string, message: Uint8Array): void
  control(control: Control, message: Uint8Array): void
  drained(): void
  /** Called once. */
  ended(problem: Problem, message: string): void
}

/** Bytes queued for an agent: its pages wait above the first; it is ended above the second. */
const highWaterMark = 1024 * 1024
const limit = 16 * 1024 * 1024

/** Milliseconds in which a slow agent must read something. */
const timeout = 60_000

/** Milliseconds to write queued data when the connection is closed. */
const closeTimeout = 2_000

/** Connects to an agent. It runs as the user and is only trusted with that user's pages. */
export function openAgentLink(agent: Duplex, host: string, events: AgentEvents): AgentLink {
  const reader = new StdioReader()
  let open = true
  const end = (error?: unknown): void => {
    if (!open) return
    open = false
    writer.close()
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
  const writer = openAgentWriter(agent, () => events.drained(), end)
  const write = (frame: Uint8Array): boolean => writer.write([frame], frame.length)
  write(encodeStdio('', encodeControl({ command: 'init', version: 1, host })))
  return {
    forward: (message) => write(frameStdio(message)),
    sendData: (channel, pieces) => {
      const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const head = stdioHead(channel, size)
      return writer.write([head, ...pieces], head.length + size)
    },
    send: (control) => void write(encodeStdio('', encodeControl(control))),
    close: () => {
      if (!open) return
      open = false
      closeAgent(agent, writer)
    },
  }
}

/** The outbound queue of an agent. */
function openAgentWriter(
  agent: Duplex,
  drained: () => void,
  onSlowPeer: (error: ProblemError) => void,
): BoundedWriter<readonly Uint8Array[]> {
  return new BoundedWriter({
    highWaterMark,
    limit,
    timeout,
    write: (pieces, written) =>
      writeTogether(agent, pieces, () => {
        for (const piece of pieces) freeBytes(piece)
        written()
      }),
    drained,
    onSlowPeer,
  })
}

/** Writes the pieces of a frame in one system call, without joining them. */
function writeTogether(agent: Duplex, pieces: readonly Uint8Array[], written: () => void): void {
  if (pieces.length > 1) agent.cork()
  pieces.forEach((piece, index) => agent.write(piece, index === pieces.length - 1 ? written : undefined))
  if (pieces.length > 1) agent.uncork()
}

function closeAgent(agent: Duplex, writer: BoundedWriter<readonly Uint8Array[]>): void {
  const timer = setTimeout(() => agent.destroy(), closeTimeout).unref()
  agent.once('close', () => {
    clearTimeout(timer)
    writer.close()
  })
  writer.end(() => agent.end(() => agent.destroy()))
}
