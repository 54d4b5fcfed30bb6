import { encodeStdio, StdioReader } from '../protocol/index.ts'
import type { Readable, Writable } from 'node:stream'

/** The connection to the server: whole messages in order, and whether it takes more. */
export interface Link {
  send(channel: string, payload: Uint8Array | string): void
  /** Whether senders may go on. */
  writable(): boolean
  /** Calls `listener` whenever it becomes writable; the result removes it. */
  onDrain(listener: () => void): () => void
}

/** What a link gives to its owner. */
export interface LinkEvents {
  /** One message, channel line included. What it throws ends the link. */
  message(message: Uint8Array): void
  /** No more messages: the peer ended, or `error`. Called once. */
  ended(error?: unknown): void
}

/** Reads and writes messages on a byte stream. */
export function openLink(input: Readable, output: Writable, events: LinkEvents): Link {
  const reader = new StdioReader()
  const listeners = new Set<() => void>()
  let open = true
  let full = false
  const end = (error?: unknown): void => {
    if (!open) return
    open = false
    for (const listener of [...listeners]) listener()
    events.ended(error)
  }
  input.on('data', (chunk: Uint8Array) => {
    if (!open) return
    try {
      for (const message of reader.push(chunk)) events.message(message)
    } catch (error) {
      end(error)
    }
  })
  input.once('end', () => end())
  input.once('close', () => end())
  input.once('error', end)
  output.once('error', end)
  output.on('drain', () => {
    full = false
    for (const listener of [...listeners]) listener()
  })
  return {
    send: (channel, payload) => {
      if (open && !output.writableEnded && !output.destroyed && !output.write(encodeStdio(channel, payload))) full = true
    },
    writable: () => !open || !full,
    onDrain: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
