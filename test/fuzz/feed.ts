import { inspect } from 'node:util'

import { vi } from 'vitest'

import { ProblemError } from '../../bridge/protocol/index.ts'
import { UsageError } from '../../engine/cli/parse/usage-error.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { factor, type Random, randomOf, seed } from './random.ts'

// A machine that is busy with other tests takes its time; what one input may take is processor time.
vi.setConfig({ testTimeout: 60_000 })

/** Processor time that one input may take, in microseconds. */
const slowest = 1_000_000
/** Bytes that the heap may have grown by after all inputs of a test. */
const maxGrowth = 192 * 1024 * 1024

export interface Feed {
  /** How many inputs are tried. */
  count: number
  /** Failures that are no EngineError or ProblemError and still right, such as SyntaxError where that is promised. */
  allowed?: (error: unknown) => boolean
}

/**
 * Gives a reader one odd input after the other, in the same order for the same seed. It may take or refuse them; a refusal is an
 * EngineError, ProblemError or UsageError that is no fault of our own, it comes in time, and nothing of it stays in the prototypes
 * that all objects share.
 * @param make an input, from random numbers.
 * @throws Error, naming the first input that broke the reader
 */
export async function feed<T>(
  name: string,
  { count, allowed = () => false }: Feed,
  make: (random: Random) => T,
  read: (input: T) => unknown,
): Promise<void> {
  const random = randomOf(name)
  const heap = process.memoryUsage().heapUsed
  for (let number = 0; number < count * factor; number++) {
    const input = make(random)
    const fail = (why: string, cause?: unknown): never => {
      throw new Error(`${name}, input ${number} of seed ${seed}: ${why}: ${show(input)}`, { cause })
    }
    const before = process.cpuUsage()
    try {
      await read(input)
    } catch (error) {
      if (!isRefusal(error) && !allowed(error)) fail(`ended with ${inspect(error)}`, error)
    }
    const { user, system } = process.cpuUsage(before)
    if (user + system > slowest) fail(`took ${(user + system) / 1000} ms`)
    if (Object.keys(Object.prototype).length + Object.keys(Array.prototype).length > 0) fail('changed what all objects share')
  }
  const growth = process.memoryUsage().heapUsed - heap
  if (growth > maxGrowth) throw new Error(`${name} left ${Math.round(growth / 1024 / 1024)} MiB behind.`)
}

/** Whether a failure says that the input is wrong, and not that we are. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof EngineError) return error.code !== 'Internal'
  if (error instanceof ProblemError) return error.problem !== 'internal-error'
  return error instanceof UsageError
}

function show(input: unknown): string {
  const text = input instanceof Uint8Array ? JSON.stringify(Buffer.from(input).toString('latin1')) : inspect(input, { depth: 6 })
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text
}
