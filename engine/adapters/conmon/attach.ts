import { on } from 'node:events'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import path from 'node:path'
import { EngineError } from '../../errors/index.ts'
import { connectSeqpacket, type SpareConnection, spareConnection } from '../../lib/sys/index.ts'

/** A chunk of a process's output, in order of arrival; a terminal sends everything as stdout. */
export interface OutputChunk {
  stream: 'stdout' | 'stderr'
  data: Buffer
}

/** A connection to a process's standard streams. Iterating (once) gives its output until it ends or `close` is called. */
export interface Attachment extends AsyncIterable<OutputChunk> {
  /** Sends to stdin; resolves once the kernel has taken all of it. */
  write(data: Uint8Array): Promise<void>
  /** End of stdin: the process reads EOF, unless its stdin is to be left open. */
  end(): void
  /** Closes the connection; the process does not notice. Idempotent. */
  close(): void
}

/** conmon reads a packet into a buffer of 32 KiB and would cut a longer one. */
const packetSize = 8192
const pathLimit = 107
/** Packets that wait for the reader: what a terminal shows is to be what its process does now. */
const maxPackets = 8

/**
 * Attaches to the process of a container's bundle or of an exec session's folder. The caller closes it.
 *
 * @throws ContainerStateInvalid if no monitor listens there.
 */
export function attach(bundle: string): Attachment {
  const socket = connect(bundle)
  // Without a listener an early error would end this process.
  socket.on('error', () => {})
  const spare = spareConnection(socket)
  // From now on: what has arrived when the connection fails is kept, whenever it is asked for.
  const packets = packetsOf(socket)
  let queue: Promise<void> = Promise.resolve()
  return {
    [Symbol.asyncIterator]: () => outputOf(socket, packets, spare),
    write: (data) => (queue = queue.then(() => writePackets(socket, data))),
    end: () =>
      void queue.then(
        () => socket.end(),
        () => socket.destroy(),
      ),
    close: () => {
      socket.destroy()
      spare.close()
    },
  }
}

function connect(bundle: string): Socket {
  const direct = path.join(bundle, 'attach')
  try {
    if (Buffer.byteLength(direct) <= pathLimit) return connectSeqpacket(direct)
    const folder = openSync(bundle, constants.O_DIRECTORY)
    try {
      return connectSeqpacket(`/proc/self/fd/${folder}/attach`)
    } finally {
      closeSync(folder)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ECONNREFUSED') throw cause
    throw new EngineError('ContainerStateInvalid', `Nothing can be attached to at ${direct}: the process is not running.`, {
      cause,
    })
  }
}

type Packets = AsyncIterable<[Buffer]>

function packetsOf(socket: Socket): Packets {
  return on(socket, 'data', { close: ['end', 'close'], highWaterMark: maxPackets, lowWaterMark: 2 }) as Packets
}

async function* outputOf(socket: Socket, packets: Packets, spare: SpareConnection): AsyncGenerator<OutputChunk> {
  try {
    try {
      yield* chunksOf(packets)
    } catch (error) {
      ignoreEnd(error)
      // The process has ended before it read all of its input. Its last output is still in the queue.
      const rest = spare.open()
      rest?.on('error', () => {})
      if (rest) yield* chunksOf(packetsOf(rest))
    }
  } catch (error) {
    ignoreEnd(error)
  } finally {
    socket.destroy()
    spare.close()
  }
}

async function* chunksOf(packets: Packets): AsyncGenerator<OutputChunk> {
  for await (const [packet] of packets) {
    // The first byte is the stream: 2 stdout, 3 stderr.
    if (packet.length > 1) yield { stream: packet[0] === 3 ? 'stderr' : 'stdout', data: packet.subarray(1) }
  }
}

/** A monitor that was killed ends the output, it does not fail the reader; nor does input that came after the process's exit. */
function ignoreEnd(error: unknown): void {
  if (!['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
}

// One packet at a time: writev would join several into one that conmon truncates.
async function writePackets(socket: Socket, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length; at += packetSize) {
    const packet = data.subarray(at, at + packetSize)
    await new Promise<void>((resolve, reject) => socket.write(packet, (error) => (error ? reject(notReading(error)) : resolve())))
  }
}

function notReading(cause: Error): EngineError {
  return new EngineError('ContainerStateInvalid', 'The process no longer takes input.', { cause })
}

/**
 * Sets the size of a process's terminal; one without a terminal ignores it.
 *
 * @throws InvalidArgument, ContainerStateInvalid if no monitor listens there.
 */
export function resize(bundle: string, rows: number, columns: number): void {
  for (const size of [rows, columns]) {
    if (!Number.isInteger(size) || size < 0 || size > 65535) {
      throw new EngineError(
        'InvalidArgument',
        `A terminal cannot be ${rows} rows by ${columns} columns; both must be between 0 and 65535.`,
      )
    }
  }
  sendControl(bundle, `1 ${rows} ${columns}\n`)
}

/** Has the monitor open its log file again, after it was moved away. @throws ContainerStateInvalid */
export function reopenLog(bundle: string): void {
  sendControl(bundle, '2 0 0\n')
}

function sendControl(bundle: string, line: string): void {
  let fifo: number
  try {
    // Without O_NONBLOCK, opening a fifo that nobody reads would block this thread for ever.
    fifo = openSync(path.join(bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw new EngineError('ContainerStateInvalid', `The process of ${bundle} cannot be controlled: it is not running.`, { cause })
  }
  try {
    writeSync(fifo, line)
  } finally {
    closeSync(fifo)
  }
}
