import { ProblemError } from '../../protocol/index.ts'
import type { Duplex } from 'node:stream'
import { addressOption, dial } from '../address.ts'
import { type Channel, type Handlers, type Payload, pump } from '../channel.ts'
import { openSink } from '../sink.ts'
import { listOption } from './options.ts'
import { spawnProcess } from './spawn.ts'
import { spawnTerminal } from './terminal.ts'

/** `stream`: bytes to and from a socket, or a process with or without a terminal. */
export const stream: Payload = (channel) => {
  const argv = listOption(channel.open, 'spawn')
  if (argv === undefined) return connectStream(channel)
  if (argv.length === 0 || argv[0] === '') throw new ProblemError('protocol-error', 'The field "spawn" names no program.')
  return channel.open['pty'] === true ? spawnTerminal(channel, argv) : spawnProcess(channel, argv)
}

function connectStream(channel: Channel): Handlers {
  const failed = (error: unknown): void => {
    const { problem, message } = ProblemError.from(error)
    sink.close()
    socket?.destroy()
    channel.close({ problem, message })
  }
  let socket: Duplex | undefined
  const connecting = dial(addressOption(channel.open), channel.agent).then((connected) => {
    socket = connected
    if (channel.signal.aborted) {
      connected.destroy()
      return connected
    }
    channel.ready()
    connected.on('error', failed)
    connected.once('close', () => channel.close())
    // The other side has ended its output: nothing sent from now on would be answered.
    pump(connected, channel, () => {
      sink.close()
      channel.done()
      channel.close()
      connected.end(() => connected.destroy())
    })
    return connected
  })
  const sink = openSink(channel, connecting)
  connecting.catch(failed)
  return {
    data: (data) => sink.write(data),
    done: () => sink.end(),
    closed: (problem) => {
      if (problem === undefined) return sink.end(() => socket?.destroy())
      sink.close()
      socket?.destroy()
    },
  }
}
