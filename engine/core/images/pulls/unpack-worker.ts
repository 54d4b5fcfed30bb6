import { readSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'

import { EngineError, toWire } from '../../../errors/index.ts'
import { unpackLayerSync } from '../../../storage/layers/unpack.ts'
import type { FromWorker, ToWorker } from './unpacker.ts'

// The thread that unpacks layers for ./unpacker.ts. Descriptors are the process's, so inputs are passed by number.

// The nice value is per thread (sched(7)): requests to a service take priority over unpacking.
if ((workerData as { givesWay: boolean }).givesWay) setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

/** Small enough to stay in the core's cache between reading, hashing and writing. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024)

function unpack({ fd, job }: ToWorker): FromWorker {
  try {
    const read = (): Uint8Array => buffer.subarray(0, readSync(fd, buffer))
    return { result: unpackLayerSync(job, read) }
  } catch (error) {
    return { error: toWire(EngineError.from(error)) }
  }
}

parentPort?.on('message', (message: ToWorker) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
  parentPort?.postMessage(unpack(message))
})
