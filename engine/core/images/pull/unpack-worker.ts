import { parentPort } from 'node:worker_threads'

import { EngineError, toWire } from '../../../errors/index.ts'
import { growingFile, type GrowingFile } from './growing-file.ts'
import { unpackFile } from './unpack-file.ts'
import type { FromWorker, ToWorker } from './unpacker.ts'

// The thread that unpacks layers for ./unpacker.ts. Descriptors are the process's, so files are passed by number.

const files = new Map<number, GrowingFile>()

async function begin({ id, fd, job }: Extract<ToWorker, { type: 'begin' }>): Promise<FromWorker> {
  const file = growingFile(fd)
  files.set(id, file)
  try {
    return { id, result: await unpackFile(job, file) }
  } catch (error) {
    return { id, error: toWire(EngineError.from(error)) }
  } finally {
    files.delete(id)
  }
}

function answer(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'begin') {
    void begin(message).then(answer)
    return
  }
  const file = files.get(message.id)
  if (message.type === 'stop') file?.fail(new EngineError('Cancelled', 'Unpacking was cancelled.'))
  else {
    file?.advance(message.size)
    if (message.ended) file?.end()
  }
})
