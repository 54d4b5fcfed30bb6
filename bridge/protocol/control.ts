import { isObject, type JsonObject } from './json.ts'
import { flowWindow, maxChannelName, maxControl, minFlowWindow } from './limits.ts'
import { decodeText } from './message.ts'
import { type Problem, ProblemError } from './problem.ts'

/** A control message. Other fields belong to the command and are checked by its handler. */
export interface Control extends JsonObject {
  command: string
  channel?: string
}

/** What an `open` says that is common to all payloads; the rest is the payload's own. */
export interface Open extends Control {
  command: 'open'
  channel: string
  payload: string
  host?: string
  user?: string
  superuser?: string | boolean
  group?: string
  /** `raw`: the data is bytes. Otherwise it is UTF-8 text. */
  binary?: string | boolean
  'flow-control'?: boolean
  /** Ours: bytes that may be on their way to the page, where it is to see soon what comes last. Cockpit's bridge ignores it. */
  'flow-window'?: number
  'send-acks'?: string
}

/** The fields of a `close`. Without `problem` it is a success. */
export interface Close extends Control {
  command: 'close'
  channel: string
  problem?: Problem
  message?: string
}

// A `close` without channel ends the connection.
const channelCommands = new Set(['open', 'ready', 'done', 'options', 'response', 'ack'])
const channelName = /^[\x21-\x7e]+$/

/**
 * Reads a control message.
 * @throws ProblemError `too-large`, or `protocol-error` for what is not a JSON object with a command, and, where the
 *   command is about a channel, a channel.
 */
export function parseControl(payload: Uint8Array): Control {
  if (payload.length > maxControl) {
    throw new ProblemError(
      'too-large',
      `A control message of ${payload.length} bytes is larger than the ${maxControl} bytes allowed.`,
    )
  }
  const message = parseJson(payload)
  if (!isObject(message)) throw new ProblemError('protocol-error', 'A control message is not a JSON object.')
  const { command, channel } = message
  if (typeof command !== 'string' || command === '') throw new ProblemError('protocol-error', 'A control message has no command.')
  if (channel !== undefined && !isChannelName(channel)) {
    throw new ProblemError('protocol-error', `The control message "${command.slice(0, 40)}" names no valid channel.`)
  }
  if (channel === undefined && channelCommands.has(command)) {
    throw new ProblemError('protocol-error', `The control message "${command}" names no channel.`)
  }
  return message as Control
}

/**
 * Checks the common fields of an `open`.
 * @throws ProblemError `protocol-error` naming the invalid field.
 */
export function parseOpen(control: Control): Open {
  for (const field of ['payload', 'host', 'user', 'group', 'send-acks'] as const) {
    const value = control[field]
    if (value !== undefined && value !== null && typeof value !== 'string') throw wrongField(field, 'text')
  }
  if (typeof control['payload'] !== 'string') throw wrongField('payload', 'text')
  const flow = control['flow-control']
  if (flow !== undefined && typeof flow !== 'boolean') throw wrongField('flow-control', 'true or false')
  const window = control['flow-window']
  if (window !== undefined && !(typeof window === 'number' && window >= minFlowWindow && window <= flowWindow))
    throw wrongField('flow-window', `a number of bytes from ${minFlowWindow} to ${flowWindow}`)
  return control as Open
}

/** The payload of a control message. */
export function encodeControl(control: Control): string {
  return JSON.stringify(control)
}

/** Whether `value` may name a channel: 1 to 64 printable ASCII characters without space. */
export function isChannelName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxChannelName && channelName.test(value)
}

function parseJson(payload: Uint8Array): unknown {
  const text = decodeText(payload)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProblemError('protocol-error', 'A control message is not JSON.', { cause })
  }
}

function wrongField(field: string, wanted: string): ProblemError {
  return new ProblemError('protocol-error', `The field "${field}" of "open" is not ${wanted}.`)
}
