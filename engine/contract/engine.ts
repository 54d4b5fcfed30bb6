import type * as v from 'valibot'

import { containerOperations, execOperations } from './containers.ts'
import { imageTransferOperations } from './image-transfer.ts'
import { imageOperations } from './images.ts'
import { artifactOperations, manifestOperations } from './manifests.ts'
import type { Operation, OutputChunk, Pipe } from './operation.ts'
import type { operations } from './operations.ts'
import { podOperations } from './pods.ts'
import { registryOperations } from './registries.ts'
import { systemOperations } from './system.ts'
import { trustOperations } from './trust.ts'

/** The operations of every noun, in a function each: making their schemas takes time, and most callers need one noun's. */
const tables: Record<Noun, readonly (() => Partial<Record<OperationName, Operation>>)[]> = {
  system: [() => systemOperations],
  network: [() => systemOperations],
  container: [() => containerOperations],
  exec: [() => execOperations],
  pod: [() => podOperations],
  image: [() => imageOperations, () => imageTransferOperations, () => registryOperations, () => trustOperations],
  registry: [() => registryOperations],
  trust: [() => trustOperations],
  signature: [() => trustOperations],
  manifest: [() => manifestOperations],
  artifact: [() => artifactOperations],
}

export type Operations = typeof operations

/** The name of an operation, `noun.verb`. */
export type OperationName = keyof Operations

type Noun = OperationName extends `${infer N}.${string}` ? N : never

/** An operation's description with its optional properties, for code that works on any of them. */
export function describe(name: OperationName): Operation {
  const found = find(name)
  if (!found) throw new Error(`There is no operation ${name}.`)
  return found
}

function find(name: string): Operation | undefined {
  const [noun = ''] = name.split('.')
  if (!Object.hasOwn(tables, noun)) return undefined
  for (const table of tables[noun as Noun]) {
    const operation = table()[name as OperationName]
    if (operation) return operation
  }
  return undefined
}

/** An engine whose operations are made by `call` when they are first asked for. */
export function engineOf(call: (name: OperationName) => (input: unknown, options?: CallOptions) => Promise<unknown>): Engine {
  const made = new Map<string, unknown>()
  return new Proxy({} as Engine, {
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      if (!made.has(name)) made.set(name, find(name) && call(name as OperationName))
      return made.get(name)
    },
    has: (_, name) => typeof name === 'string' && find(name) !== undefined,
  })
}

/** A body that is sent or received as raw bytes. Read once. */
export type Bytes = AsyncIterable<Uint8Array>

type BodyInput<O> = O extends { readonly body: infer B }
  ? B extends 'bytes'
    ? { body: Bytes }
    : B extends v.GenericSchema
      ? { body: v.InferInput<B> }
      : never
  : {}
type BodyParsed<O> = O extends { readonly body: infer B }
  ? B extends 'bytes'
    ? { body: Bytes }
    : B extends v.GenericSchema
      ? { body: v.InferOutput<B> }
      : never
  : {}

/** What a caller gives: path and query fields, and `body` where the operation has one. */
export type Input<K extends OperationName> = v.InferInput<Operations[K]['input']> & BodyInput<Operations[K]>

/** What a verb gets: the input after validation, with defaults. */
export type Parsed<K extends OperationName> = v.InferOutput<Operations[K]['input']> & BodyParsed<Operations[K]>

type Item<O> = O extends { readonly format: 'frames' }
  ? OutputChunk
  : O extends { readonly format: 'bytes' }
    ? Uint8Array
    : O extends { readonly output: v.GenericSchema }
      ? v.InferOutput<O['output']>
      : never

/** One value of the answer: the result of a call, or an item of a stream. */
export type Output<K extends OperationName> = Item<Operations[K]>

/**
 * How an operation answers. A stream's promise resolves once everything that can be checked beforehand has been
 * (the object exists, the request makes sense); its iterator frees what it holds when it is left.
 */
export type Reply<K extends OperationName> = Operations[K]['kind'] extends 'stream'
  ? Promise<AsyncIterable<Output<K>>>
  : Operations[K]['kind'] extends 'duplex'
    ? Promise<Pipe>
    : Promise<Output<K>>

export interface CallOptions {
  /** Ends the operation; what was begun is undone, and the promise rejects with `Cancelled`. */
  signal?: AbortSignal
  /** Ties log lines of all layers together; made by whoever began it. */
  requestId?: string
  /** Is told, in lines, what a long call is doing; only of an engine in this process: over HTTP a call has one answer. */
  progress?: (line: string) => void
}

/** The engine, here or elsewhere: its holder cannot tell which. */
export type Engine = { readonly [K in OperationName]: (input: Input<K>, options?: CallOptions) => Reply<K> }
