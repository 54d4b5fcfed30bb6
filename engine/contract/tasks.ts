import * as v from 'valibot'

import { Anything, Name, Nothing, Time } from './fields.ts'
import { operation } from './operation.ts'
import { BlobProgress } from './registry-access.ts'

/** A task's state; the last three are final. */
export const taskStates = ['running', 'done', 'failed', 'cancelled'] as const

/** Long work that belongs to the engine's user and not to the connection that asked for it. */
export const Task = v.object({
  Id: v.string(),
  /** The operation that it runs. */
  Operation: v.string(),
  /** What it is about, as the caller named it; empty where the operation names nothing. Never a secret. */
  Object: v.string(),
  State: v.picklist(taskStates),
  Started: Time,
  Ended: v.optional(Time),
  /** The last progress of each layer or blob. Sizes are bytes. */
  Layers: v.array(BlobProgress),
  /** The last lines that it reported. */
  Lines: v.array(v.string()),
  /** What a task that is done has led to. */
  Result: v.optional(
    v.object({
      /** The id of the image that was pulled. */
      Id: v.optional(v.string()),
      /** The digest in the registry of what was pushed. */
      Digest: v.optional(v.string()),
      /** Names of images that were loaded. */
      Names: v.optional(v.array(v.string())),
      /** How many objects were removed, and the bytes that it freed. */
      Removed: v.optional(v.number()),
      ReclaimedSpace: v.optional(v.number()),
    }),
  ),
  /** Why a task failed: an error's code, sentence and facts. */
  Error: v.optional(v.object({ code: v.string(), message: v.string(), details: v.optional(v.record(v.string(), Anything)) })),
})
export type Task = v.InferOutput<typeof Task>

/** Tasks. They outlive their caller and its session, and every session of the user lists and cancels them. */
export const taskOperations = {
  'task.start': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/tasks',
    summary: 'Run a long operation as a task, which outlives the connection and the session',
    // The operation that it runs is recorded.
    audit: false,
    input: v.object({}),
    body: v.object({
      /** The name of an operation that may run as a task, such as `image.pull`. */
      operation: v.pipe(v.string(), v.maxLength(100)),
      /** Its input. A login in it is used and never listed. */
      input: v.optional(v.record(v.string(), Anything), {}),
    }),
    output: () => v.object({ Id: v.string() }),
    status: 201,
    errors: ['InvalidArgument', 'TaskLimit'],
    extension: true,
  }),
  'task.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/tasks',
    summary: 'List the tasks of this user, those of other sessions too, the oldest first',
    input: v.object({}),
    output: () => v.array(Task),
    errors: [],
    extension: true,
  }),
  'task.events': operation({
    kind: 'stream',
    method: 'GET',
    path: '/libpod/tasks/events',
    summary: 'All tasks, then each that has changed and the ids of those removed from the list',
    input: v.object({}),
    output: () => v.object({ Tasks: v.optional(v.array(Task)), Removed: v.optional(v.array(v.string())) }),
    firstByte: 'item',
    errors: [],
    extension: true,
  }),
  'task.cancel': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/tasks/{id}',
    summary: 'Cancel a running task, or remove one that has ended from the list',
    // A cancelled operation is recorded as such.
    audit: false,
    input: v.object({ id: Name }),
    output: () => Nothing,
    errors: ['TaskNotFound'],
    extension: true,
  }),
}
