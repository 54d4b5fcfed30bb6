import { expect, test } from 'vitest'

import type { Output, Task } from '../../../engine/contract/index.ts'
import { createChannel } from '../../testing/channel.ts'
import { createTaskFeed } from './task-feed.ts'

type Change = Output<'task.events'>

const task = (Id: string, change: Partial<Task> = {}): Task => ({
  Id,
  Operation: 'image.pull',
  Object: 'busybox',
  State: 'running',
  Started: `2026-11-28T00:00:0${Id}Z`,
  Layers: [],
  Lines: [],
  ...change,
})

/** A feed, and the streams that were opened for it. */
function open() {
  const streams = [createChannel<Change>(), createChannel<Change>()]
  let opened = 0
  const feed = createTaskFeed({ 'task.events': async () => streams[opened++]! })
  const seen: Task[] = []
  const follow = (id: string, signal?: AbortSignal) => feed.follow(id, (each) => seen.push(each), signal)
  return { feed, streams, seen, follow }
}

test('a task is followed to its end, also through an interruption in which it ended', async () => {
  const { feed, streams, seen, follow } = open()
  const ended = follow('1')
  streams[0]!.push({ Tasks: [task('2'), task('1')] })
  await expect.poll(() => feed.get().map(({ Id }) => Id)).toEqual(['1', '2'])
  streams[1]!.push({ Tasks: [task('1', { State: 'done' })] })
  streams[0]!.end()
  expect((await ended).State).toBe('done')
  expect(seen.map(({ State }) => State)).toEqual(['running', 'done'])
  // What is not in the new stream's list is gone.
  expect(feed.get().map(({ Id }) => Id)).toEqual(['1'])
  expect(feed.isFollowed('1')).toBe(true)
})

test('a failure has its code, also where it was cancelled or removed by others; leaving it is no failure of the task', async () => {
  const { streams, follow } = open()
  const all = ['1', '2', '3'].map((id) => follow(id).catch((error: { code: string }) => error.code))
  const stop = new AbortController()
  const left = follow('4', stop.signal).catch((error: { code: string }) => error.code)
  streams[0]!.push({ Tasks: ['1', '2', '3', '4'].map((id) => task(id)) })
  streams[0]!.push({ Tasks: [task('1', { State: 'failed', Error: { code: 'DiskFull', message: 'No space is left.' } })] })
  streams[0]!.push({ Tasks: [task('2', { State: 'cancelled' })], Removed: ['3'] })
  expect(await Promise.all(all)).toEqual(['DiskFull', 'Cancelled', 'TaskNotFound'])
  stop.abort()
  expect(await left).toBe('Cancelled')
})
