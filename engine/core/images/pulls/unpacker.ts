import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import { EngineError, fromWire, type WireError } from '../../../errors/index.ts'
import { findInflateProgram } from '../../../adapters/inflater.ts'
import { begun, openStartThread } from '../../../adapters/start-thread.ts'
import { threadScript } from '../../../lib/process/thread-script.ts'
import type { UnpackedLayer, UnpackJob } from '../../../storage/index.ts'
import type { GrowingFile } from './growing-file.ts'
import { inflate } from './inflate.ts'
import { slots } from './slots.ts'
import { unpackFile } from './unpack-file.ts'

/** What a thread is to unpack: the plain bytes of a layer, from a descriptor whose reads block. */
export interface ToWorker {
  fd: number
  job: UnpackJob
}

/** The worker's response. */
export type FromWorker = { result: UnpackedLayer } | { error: WireError }

/** Unpacks layers. The caller closes it, once nothing is being unpacked. */
export interface Unpacker {
  /** When to start: two threads that start at the same time would delay other requests of a service. */
  readonly ready: Promise<unknown>
  /** @throws as `unpackLayer`, and what the file fails with */
  unpack(job: UnpackJob, file: GrowingFile): Promise<UnpackedLayer>
  close(): Promise<void>
}

/** Below this many compressed bytes, starting a thread takes longer than it saves. */
const worthAThread = 4 * 1024 * 1024

/** Each thread keeps a core busy, and a program that inflates for it another one. */
const maxThreads = (plain: boolean): number => Math.max(1, Math.min(3, Math.floor(availableParallelism() / (plain ? 1 : 2))))

/**
 * Unpacks on worker threads, so that the event loop stays free; small images are unpacked on this thread.
 * @param bytes compressed size of what is to be unpacked.
 * @param plain whether none of it has to be inflated.
 * @param service whether this process serves others, who must not wait for programs to be started either.
 */
export function openUnpacker(bytes: number, plain: boolean, service: boolean): Unpacker {
  const script = bytes < worthAThread ? undefined : threadScript('unpack-worker', import.meta.url)
  return script === undefined
    ? { ready: Promise.resolve(), unpack: unpackFile, close: async () => {} }
    : openThreads(script, maxThreads(plain), service)
}

function openThreads(script: string, most: number, service: boolean): Unpacker {
  const starter = service ? openStartThread() : undefined
  const threads: Worker[] = []
  const start = (): Worker => {
    const worker = startThread(script, service)
    threads.push(worker)
    return worker
  }
  // The first one immediately, so that it is ready for the first bytes.
  const idle = [start()]
  const thread = slots(most)
  // One more, so that input is ready when a thread becomes free.
  const input = slots(most + 1)
  const unpackOn = (fd: number, job: UnpackJob): Promise<UnpackedLayer> =>
    thread(async () => {
      const worker = idle.pop() ?? start()
      try {
        return await ask(worker, { fd, job })
      } finally {
        idle.push(worker)
      }
    })
  return {
    ready: service ? Promise.all([begun(idle[0]!), starter?.ready]) : Promise.resolve(),
    unpack: (job, file) =>
      input(async () => {
        const inflating = await inflate(file, findInflateProgram, starter?.start)
        try {
          const result = await unpackOn(inflating.output, job)
          await inflating.done
          return result
        } catch (error) {
          // If the input ended early, its own failure is the better reason.
          await inflating.close()
          await inflating.done
          throw error
        } finally {
          await inflating.close()
        }
      }),
    async close() {
      await Promise.all([...threads.map((worker) => worker.terminate()), starter?.close()])
    },
  }
}

/** Most objects of the thread are short-lived. */
function startThread(script: string, givesWay: boolean): Worker {
  const worker = new Worker(script, { stdin: false, workerData: { givesWay }, resourceLimits: { maxYoungGenerationSizeMb: 4 } })
  // Without a listener an error would end the process; callers then get the error that it has ended.
  return worker.on('error', () => {})
}

function ask(worker: Worker, question: ToWorker): Promise<UnpackedLayer> {
  const { promise, resolve, reject } = Promise.withResolvers<UnpackedLayer>()
  const failed = (cause: unknown): void =>
    reject(new EngineError('Internal', `The thread that unpacks layers failed: ${errorText(cause)}.`, { cause }))
  const answered = (answer: FromWorker): void => {
    if ('result' in answer) resolve(answer.result)
    else reject(fromWire(answer.error.response, answer.error))
  }
  worker.once('error', failed).once('exit', failed).once('message', answered)
  // A thread that has ended does not respond.
  if (worker.threadId < 0) failed('it has ended')
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, this is a thread
  else worker.postMessage(question)
  return promise.finally(() => worker.off('error', failed).off('exit', failed).off('message', answered))
}

const errorText = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
