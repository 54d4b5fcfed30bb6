import { ProblemError } from '../../protocol/index.ts'
import type { Duplex } from 'node:stream'
import { addressOption, dial } from '../address.ts'
import { type Channel, type Handlers, type Payload, pump } from '../channel.ts'
import { listOption } from './options.ts'
import { spawnProcess } from './spawn.ts'
import { spawnTerminal } from './terminal.ts'

/** Bytes for a slow receiver that are held before its channel is closed with `too-large`. */
export const maxBacklog = 32 * 1024 * 1024

/** `stream`: bytes to and from a socket, or a process with or without a terminal. */
export const stream: Payload = (channel) => {
  const argv = listOption(channel.open, 'spawn')
  if (argv === undefined) return connectStream(channel)
  if (argv.length === 0 || argv[0] === '') throw new ProblemError('protocol-error', 'The field "spawn" names no program.')
  return channel.open['pty'] === true ? spawnTerminal(channel, argv) : spawnProcess(channel, argv)
}

function connectStream(channel: Channel): Handlers {
  const address = addressOption(channel.open)
  const early: Uint8Array[] = []
  let held = 0
  let finished = false
  let socket: Duplex | undefined

  const failed = (error: unknown): void => {
    const { problem, message } = ProblemError.from(error)
    socket?.destroy()
    channel.close({ problem, message })
  }
  dial(address, channel.agent).then((connected) => {
    if (channel.signal.aborted) return void connected.destroy()
    socket = connected
    channel.ready()
    socket.on('error', failed)
    socket.once('close', () => channel.close())
    // The other side has said all it will: nobody is left who would answer what might still be sent.
    pump(socket, channel, () => {
      channel.done()
      channel.close()
      connected.end(() => connected.destroy())
    })
    for (const data of early) writeTo(socket, data, channel)
    if (finished) socket.end()
  }, failed)

  return {
    data: (data) => {
      if (socket !== undefined) return writeTo(socket, data, channel)
      held += data.length
      if (held > maxBacklog) throw tooSlow()
      early.push(data)
    },
    done: () => {
      finished = true
      socket?.end()
    },
    closed: (problem) => {
      if (problem === undefined) socket?.end(() => socket?.destroy())
      else socket?.destroy()
    },
  }
}

/**
 * Writes `data`, acknowledging it once it has been taken.
 * @throws ProblemError `too-large` when the receiver has fallen too far behind.
 */
export function writeTo(sink: NodeJS.WritableStream, data: Uint8Array, channel: Channel): void {
  if ('writableLength' in sink && (sink.writableLength as number) + data.length > maxBacklog) throw tooSlow()
  sink.write(data, (error) => {
    if (!error) channel.acknowledge(data.length)
  })
}

function tooSlow(): ProblemError {
  return new ProblemError('too-large', `More than ${maxBacklog} bytes wait for a receiver that is too slow.`)
}
