import type * as v from 'valibot'

import { artifactOperations } from './artifacts.ts'
import { auditOperations } from './audit.ts'
import { archiveOperations } from './containers/archive.ts'
import { attachOperations } from './containers/attach.ts'
import { containerChanges } from './containers/changes.ts'
import { checkpointOperations } from './containers/checkpoints.ts'
import { commitOperations } from './containers/commit.ts'
import { execOperations } from './containers/exec.ts'
import { healthOperations } from './containers/health.ts'
import { containerLifecycleOperations } from './containers/lifecycle.ts'
import { logOperations } from './containers/logs.ts'
import { processOperations } from './containers/processes.ts'
import { containerQueries } from './containers/queries.ts'
import { imageArchiveOperations } from './images/archives.ts'
import { imageChanges } from './images/changes.ts'
import { copyOperations } from './images/copy.ts'
import { pullOperations } from './images/pull.ts'
import { pushOperations } from './images/push.ts'
import { imageQueries } from './images/queries.ts'
import { remoteImageOperations } from './images/remote.ts'
import { manifestOperations } from './manifests.ts'
import { networkOperations } from './networks.ts'
import type { Operation, OutputChunk, Pipe } from './operation.ts'
import type { operations } from './operations.ts'
import { podOperations } from './pods.ts'
import { registryOperations } from './registries.ts'
import type { BlobProgress } from './registry-access.ts'
import { secretOperations } from './secrets.ts'
import { systemMaintenance } from './system/maintenance.ts'
import { systemQueries } from './system/queries.ts'
import { taskOperations } from './tasks.ts'
import { trustOperations } from './trust.ts'
import { usageOperations } from './usage.ts'
import { volumeOperations } from './volumes.ts'

/** The operations of every noun, in a function for each file: making their schemas takes time, and most callers need one file's. */
const tables: Record<Noun, readonly (() => Partial<Record<OperationName, Operation>>)[]> = {
  system: [() => systemQueries, () => systemMaintenance],
  network: [() => networkOperations],
  secret: [() => secretOperations],
  volume: [() => volumeOperations],
  container: [
    () => containerQueries,
    () => logOperations,
    () => containerLifecycleOperations,
    () => archiveOperations,
    () => attachOperations,
    () => processOperations,
    () => healthOperations,
    () => checkpointOperations,
    () => containerChanges,
    () => commitOperations,
  ],
  exec: [() => execOperations],
  pod: [() => podOperations],
  image: [
    () => imageQueries,
    () => imageChanges,
    () => pullOperations,
    () => pushOperations,
    () => imageArchiveOperations,
    () => copyOperations,
    () => remoteImageOperations,
    () => registryOperations,
    () => trustOperations,
  ],
  registry: [() => registryOperations],
  trust: [() => trustOperations],
  signature: [() => trustOperations],
  manifest: [() => manifestOperations],
  artifact: [() => artifactOperations],
  audit: [() => auditOperations],
  task: [() => taskOperations],
  usage: [() => usageOperations],
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

/** An engine whose operations are created by `call` on first use. */
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

/** The input of a verb of such an operation: the input after validation, with defaults. */
export type ParsedOf<O extends Operation> = v.InferOutput<O['input']> & BodyParsed<O>

/** The input from a caller: path and query fields, and `body` where the operation has one. */
export type Input<K extends OperationName> = v.InferInput<Operations[K]['input']> & BodyInput<Operations[K]>

/** The input of a verb: the input after validation, with defaults. */
export type Parsed<K extends OperationName> = ParsedOf<Operations[K]>

type Item<O> = O extends { readonly format: 'frames' }
  ? OutputChunk
  : O extends { readonly format: 'bytes' }
    ? Uint8Array
    : O extends { readonly output: () => infer S extends v.GenericSchema }
      ? v.InferOutput<S>
      : never

/** One value of the output: the result of a call, or an item of a stream. */
export type Output<K extends OperationName> = Item<Operations[K]>

/** The reply of such an operation. */
export type ReplyOf<O extends Operation> = O['kind'] extends 'stream'
  ? Promise<AsyncIterable<Item<O>>>
  : O['kind'] extends 'duplex'
    ? Promise<Pipe>
    : Promise<Item<O>>

/**
 * The reply of an operation. A stream's promise resolves once all checks are done (the object exists, the request is valid); its
 * iterator frees its resources when it is left.
 */
export type Reply<K extends OperationName> = ReplyOf<Operations[K]>

export interface CallOptions {
  /** Aborts the operation; what was started is undone, and the promise rejects with `Cancelled`. */
  signal?: AbortSignal
  /** Ties log lines of all layers together; made by the caller that began it. */
  requestId?: string
  /** Called with lines about the progress of a long call; only of an engine in this process: over HTTP a call has one answer. */
  progress?: (line: string) => void
  /** Called with what becomes of each blob meanwhile; where it is given, the same holds as for `progress`. */
  step?: (step: BlobProgress) => void
}

/** The engine, here or elsewhere: its holder cannot tell which. */
export type Engine = { readonly [K in OperationName]: (input: Input<K>, options?: CallOptions) => Reply<K> }
