import { type Control, encodeControl, encodeStdio, parseControl, ProblemError, splitMessage } from '../protocol/index.ts'
import { readSync, writeSync } from 'node:fs'

/** Bytes of a message in the conversation before an agent runs. */
const maxMessage = 64 * 1024

/** The channel that carries passwords and answers, as bytes which can be wiped. */
export const secretChannel = 'secret'

/** Sends a control message; waits until it is written. */
export function sendControl(fd: number, control: Control): void {
  const bytes = encodeStdio('', encodeControl(control))
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
}

/** Waits for a control message. @throws ProblemError `disconnected` when the peer is gone, `protocol-error`, `too-large`. */
export function receiveControl(fd: number): Control {
  const { channel, payload } = splitMessage(receive(fd))
  if (channel !== '') throw new ProblemError('protocol-error', 'A secret came where none was asked for.')
  return parseControl(payload)
}

/** Waits for a secret. @throws ProblemError as {@link receiveControl}. */
export function receiveSecret(fd: number): Buffer {
  const { channel, payload } = splitMessage(receive(fd))
  if (channel !== secretChannel) throw new ProblemError('protocol-error', 'Something else came in the place of a secret.')
  return payload as Buffer
}

/** Reads exactly one message: what follows belongs to the agent. */
function receive(fd: number): Buffer {
  const byte = Buffer.alloc(1)
  let head = ''
  for (;;) {
    if (readSync(fd, byte, 0, 1, null) === 0) throw gone()
    if (byte[0] === 0x0a) break
    head += byte.toString('latin1')
    if (!/^\d{1,6}$/.test(head))
      throw new ProblemError('protocol-error', 'A message begins with something that is not its length.')
  }
  const size = Number(head)
  if (head === '' || size === 0) throw new ProblemError('protocol-error', 'A message has no length.')
  if (size > maxMessage)
    throw new ProblemError('too-large', `A message of ${size} bytes is larger than the ${maxMessage} bytes allowed.`)
  const message = Buffer.alloc(size)
  for (let at = 0; at < size;) {
    const count = readSync(fd, message, at, size - at, null)
    if (count === 0) throw gone()
    at += count
  }
  return message
}

function gone(): ProblemError {
  return new ProblemError('disconnected', 'The server gave up the login.')
}
