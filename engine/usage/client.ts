import { connect } from 'node:net'

import { EngineError } from '../errors/index.ts'
import { type ReadRequest, type RecordedSeries, recorderKinds, type RecorderStatus } from './protocol.ts'

/** Milliseconds for which a recorder may be silent. */
const timeout = 5_000

/** Characters of a line of the answer: all points of one container, many times over. */
const longestLine = 4 * 1024 * 1024

/** What the recorder on a socket says of itself; undefined where none answers. */
export async function recorderStatus(socket: string): Promise<RecorderStatus | undefined> {
  try {
    for await (const line of request(socket, { status: true })) return checkStatus(line)
  } catch {
    // None listens there, or it does not answer: the same for the caller.
  }
  return undefined
}

/** Asks a session's recorder to leave its place; others do not. Returns when it was asked. */
export async function askToYield(socket: string): Promise<void> {
  try {
    for await (const _line of request(socket, { yield: true })) return
  } catch {
    // It is gone already.
  }
}

/**
 * Reads history from a recorder, one series for each container that was asked for and one for the sums.
 *
 * @throws EngineError `EngineUnreachable` where none answers, or it ends in the middle.
 */
export async function readRecorder(socket: string, read: ReadRequest): Promise<RecordedSeries[]> {
  const series: RecordedSeries[] = []
  try {
    for await (const line of request(socket, { read })) {
      if (line['end'] === true) return series
      if (typeof line['error'] === 'string') throw new EngineError('InvalidArgument', `The recorder refused: ${line['error']}`)
      series.push(line as unknown as RecordedSeries)
    }
  } catch (error) {
    if (error instanceof EngineError) throw error
    throw unreachable(socket, (error as Error).message)
  }
  throw unreachable(socket, 'it ended in the middle of its answer')
}

const unreachable = (socket: string, reason: string): EngineError =>
  new EngineError('EngineUnreachable', `The recorder of resource use at ${socket} cannot be read: ${reason}.`, {
    details: { path: socket },
  })

function checkStatus(line: Record<string, unknown>): RecorderStatus | undefined {
  const kind = recorderKinds.find((each) => each === line['kind'])
  return kind === undefined ? undefined : { kind, since: Number(line['since']), containers: Number(line['containers']) }
}

/** Sends one request and yields the lines of the answer; leaving the iteration closes the connection. */
async function* request(path: string, value: object): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const socket = connect(path)
  socket.setTimeout(timeout, () => socket.destroy(new Error('it does not answer')))
  try {
    socket.write(`${JSON.stringify(value)}\n`)
    let text = ''
    for await (const data of socket.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (text + data).split('\n')
      text = lines.pop()!
      if (text.length > longestLine) throw new Error('it sent a line without end')
      for (const line of lines) yield JSON.parse(line) as Record<string, unknown>
    }
  } finally {
    socket.destroy()
  }
}
