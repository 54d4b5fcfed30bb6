import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

import { EngineError, fromWire, type WireError } from '../../../errors/index.ts'
import type { UnpackedLayer, UnpackJob } from '../../../storage/index.ts'
import type { GrowingFile } from './growing-file.ts'
import { unpackFile } from './unpack-file.ts'

/** Messages to the thread that unpacks. */
export type ToWorker =
  | { type: 'begin'; id: number; fd: number; job: UnpackJob }
  | { type: 'news'; id: number; size: number; ended: boolean }
  | { type: 'stop'; id: number }

/** And its answers: one for each `begin`. */
export type FromWorker = { id: number; result: UnpackedLayer } | { id: number; error: WireError }

/** Unpacks layers. Whoever opened it closes it, once nothing is being unpacked. */
export interface Unpacker {
  /** @throws as `unpackLayer`, and what the file fails with */
  unpack(job: UnpackJob, file: GrowingFile): Promise<UnpackedLayer>
  close(): Promise<void>
}

/** Below this many compressed bytes, starting a thread takes longer than it saves. */
const worthAThread = 4 * 1024 * 1024

/**
 * Unpacks on a thread of its own, which leaves the event loop to everything else of this process, and the other core to the
 * network; small images are unpacked right here.
 * @param bytes compressed size of what is to be unpacked.
 */
export function openUnpacker(bytes: number): Unpacker {
  const script = bytes < worthAThread ? undefined : workerScript()
  return script === undefined ? { unpack: unpackFile, close: async () => {} } : openThread(script)
}

/** In the sources it is beside this file; in a bundle, a program of its own beside or above the chunks. */
function workerScript(): string | undefined {
  const places = import.meta.url.endsWith('.ts') ? ['./unpack-worker.ts'] : ['./unpack-worker.js', '../unpack-worker.js']
  return places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((place) => existsSync(place))
}

function openThread(script: string): Unpacker {
  const worker = new Worker(script, { stdin: false })
  const waiting = new Map<number, PromiseWithResolvers<UnpackedLayer>>()
  let next = 1
  worker.on('message', (answer: FromWorker) => {
    const job = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('result' in answer) job?.resolve(answer.result)
    else job?.reject(fromWire(answer.error.response, answer.error))
  })
  worker.on('error', (cause) => {
    for (const job of waiting.values())
      job.reject(new EngineError('Internal', `The thread that unpacks layers failed: ${cause.message}.`, { cause }))
    waiting.clear()
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
  const send = (message: ToWorker): void => worker.postMessage(message)
  return {
    unpack(job, file) {
      const id = next++
      const done = Promise.withResolvers<UnpackedLayer>()
      waiting.set(id, done)
      send({ type: 'begin', id, fd: file.fd, job })
      file.watch(({ size, ended, failure }) => {
        if (!waiting.has(id)) return
        if (failure === undefined) send({ type: 'news', id, size, ended })
        else send({ type: 'stop', id })
      })
      return done.promise
    },
    async close() {
      await worker.terminate()
    },
  }
}
