import * as v from 'valibot'

import { Anything, Integer, Moment, Off } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

const errors = ['ContainerNotFound', 'InvalidArgument', 'NotSupported'] as const

/** Which lines: those of a time, all by default. */
const times = { since: Moment, until: Moment }

/** What is marked in lines, or looked for. */
const search = {
  query: v.optional(v.string()),
  /** The query is a regular expression in RE2's syntax. */
  regex: Off,
  /** Capitals count. */
  case: Off,
}

/** A line of a log. */
const LogLine = v.object({
  /** RFC 3339 with nanoseconds. */
  time: v.string(),
  stream: v.picklist(['stdout', 'stderr']),
  /** Its first 8 KiB. */
  text: v.string(),
  /** Bytes of the whole line. */
  size: v.number(),
  /** Where the query matches in the text without escape sequences: begin and end in UTF-16 units. */
  marks: v.optional(v.array(v.tuple([v.number(), v.number()]))),
})

const LogLines = {
  /** Which log it is: another one after a rotation. Numbers of lines hold for one log. */
  log: v.string(),
  /** The first line of the time that was asked for, and the one after the last. */
  first: v.number(),
  end: v.number(),
  /** The number of the first of `lines`. */
  from: v.number(),
  lines: v.array(LogLine),
}

/** Operations on a container's log of any size: lines have numbers, and are read from wherever one looks. */
export const logOperations = {
  'container.logLines': operation({
    kind: 'call',
    method: 'GET',
    path: path('logs/lines'),
    extension: true,
    summary: "Read some lines of a container's log by their numbers",
    input: withRef({
      /** The number of the first line; negative: counted from the end. */
      from: v.optional(Integer, -200),
      /** How many, up to 1,000; fewer come where lines are long. */
      count: v.optional(Integer, 200),
      ...times,
      ...search,
    }),
    output: () => v.object(LogLines),
    errors,
  }),
  'container.logFollow': operation({
    kind: 'stream',
    method: 'GET',
    path: path('logs/follow'),
    extension: true,
    summary: "Follow a container's log: the numbers of its lines as they grow, and the newest lines",
    input: withRef({
      /** The first line that the caller does not have; of more than 500 only the newest come. The last 200 by default. */
      from: v.optional(Integer, -200),
      ...times,
      ...search,
    }),
    output: () =>
      v.object({
        ...LogLines,
        /** No more follows: the container has exited, or the time is over. */
        ended: v.boolean(),
      }),
    firstByte: 'ready',
    errors,
  }),
  'container.logSearch': operation({
    kind: 'stream',
    method: 'GET',
    path: path('logs/search'),
    extension: true,
    summary: "Search a container's log; the numbers of lines come as they are found",
    input: withRef({
      ...search,
      query: v.string(),
      ...times,
      /** The number of the first line to look at. */
      from: v.optional(Integer, 0),
      /** Matching lines after which it ends, up to 100,000. */
      limit: v.optional(Integer, 100_000),
    }),
    output: () =>
      v.object({
        log: v.string(),
        /** Numbers of matching lines, in order. */
        lines: v.array(v.number()),
        /** Lines before this one have been searched. */
        searched: v.number(),
        end: v.number(),
        /** Nothing follows. */
        done: v.boolean(),
      }),
    firstByte: 'ready',
    errors,
  }),
  'container.logExport': operation({
    kind: 'stream',
    format: 'bytes',
    method: 'GET',
    path: path('logs/export'),
    extension: true,
    summary: "Download a container's log as text",
    input: withRef({ ...times, timestamps: Off, gzip: Off }),
    output: () => Anything,
    firstByte: 'ready',
    errors,
  }),
}
