import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { parseInput } from '../../contract/index.ts'
import { appendEvent } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { openContext } from '../open-context.ts'
import { events } from '../system/events.ts'

let folder: string
let context: Context
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'events-'))
  context = { options: {}, eventsFile: path.join(folder, 'events.jsonl') } as Context
})
afterEach(() => rmSync(folder, { recursive: true }))

const web = {
  type: 'container',
  id: 'a'.repeat(64),
  name: 'web',
  image: 'localhost/bb:latest',
  pod: 'b'.repeat(64),
  attributes: { tier: 'front' },
} as const

async function past(input: Record<string, unknown> = {}): Promise<string[]> {
  const names: string[] = []
  for await (const event of await events(context, parseInput('system.events', { stream: false, ...input }), {}))
    names.push(`${event.Type} ${event.Action}`)
  return names
}

test("an event has Docker's and the older fields", async () => {
  appendEvent(context.eventsFile, { ...web, status: 'died', exitCode: 3 })
  const [event] = await Array.fromAsync(await events(context, parseInput('system.events', { stream: false }), {}))
  expect(event).toMatchObject({
    status: 'died',
    id: web.id,
    from: web.image,
    Type: 'container',
    Action: 'died',
    Actor: { ID: web.id, Attributes: { image: web.image, name: 'web', podId: web.pod, containerExitCode: '3', tier: 'front' } },
    scope: 'local',
  })
  expect(event?.timeNano).toBeGreaterThan(Date.now() * 1e6 - 5e9)
})

test('past events survive rotation, and damaged lines are skipped', async () => {
  appendEvent(context.eventsFile, { ...web, status: 'create' })
  renameSync(context.eventsFile, `${context.eventsFile}.1`)
  appendFileSync(context.eventsFile, '{"ID":"x"\nnull\n"text"\n')
  appendEvent(context.eventsFile, { ...web, status: 'start' })
  appendFileSync(context.eventsFile, '{"ID":"torn')
  expect(await past()).toEqual(['container create', 'container start'])
})

test('filters: values of a key are alternatives, keys must all hold', async () => {
  appendEvent(context.eventsFile, { ...web, status: 'start' })
  appendEvent(context.eventsFile, { ...web, status: 'died' })
  appendEvent(context.eventsFile, { type: 'image', id: 'c'.repeat(64), name: 'localhost/bb:latest', status: 'pull' })
  expect(await past({ filters: { event: ['start', 'pull'] } })).toEqual(['container start', 'image pull'])
  expect(await past({ filters: { event: ['die'], type: ['container'] } })).toEqual(['container died'])
  expect(await past({ filters: { container: ['web'] } })).toHaveLength(2)
  expect(await past({ filters: { container: ['aaaa'], label: ['tier=front'] } })).toHaveLength(2)
  expect(await past({ filters: { label: ['tier=back'] } })).toEqual([])
  expect(await past({ filters: { pod: ['bbbb'] } })).toHaveLength(2)
  expect(await past({ filters: { image: ['localhost/bb'] } })).toHaveLength(2)
  await expect(past({ filters: { bogus: ['x'] } })).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: 'failed to parse event filters: bogus is an invalid filter',
  })
})

test('since and until bound the past', async () => {
  appendEvent(context.eventsFile, { ...web, status: 'start' })
  expect(await past({ since: '1m' })).toHaveLength(1)
  expect(await past({ since: String(Math.ceil(Date.now() / 1000) + 5) })).toEqual([])
  expect(await past({ until: '1000000000' })).toEqual([])
})

test('following tells only of what comes, through rotation, and ends with its caller', async () => {
  appendEvent(context.eventsFile, { ...web, status: 'create' })
  const abort = new AbortController()
  const seen: string[] = []
  const stream = await events(context, parseInput('system.events', {}), { signal: abort.signal })
  // What happens before the first read is not lost.
  appendEvent(context.eventsFile, { ...web, status: 'init' })
  const done = (async () => {
    for await (const event of stream) seen.push(event.Action)
  })()
  appendEvent(context.eventsFile, { ...web, status: 'start' })
  await expect.poll(() => seen).toEqual(['init', 'start'])
  renameSync(context.eventsFile, `${context.eventsFile}.1`)
  appendEvent(context.eventsFile, { ...web, status: 'died' })
  await expect.poll(() => seen).toEqual(['init', 'start', 'died'])
  abort.abort()
  await done
})

test('following ends at until', async () => {
  const begin = performance.now()
  await Array.fromAsync(await events(context, parseInput('system.events', { until: '100ms' }), {}))
  expect(performance.now() - begin).toBeGreaterThan(80)
})

test('without events none are written, and to read them is refused', async () => {
  const where = { root: path.join(folder, 'store'), runRoot: path.join(folder, 'run') }
  const event = { ...web, status: 'start' } as const
  for (const withoutEvents of [true, false]) {
    const opened = openContext({ ...where, withoutEvents })
    opened.emit(event)
    expect(existsSync(opened.eventsFile)).toBe(!withoutEvents)
    const read = events(opened, parseInput('system.events', { stream: false }), {})
    if (withoutEvents)
      // oxlint-disable-next-line vitest/no-conditional-expect -- both sides of one setting
      await expect(read).rejects.toMatchObject({
        code: 'NotSupported',
        message: expect.stringMatching(/^cannot read events with the "none" backend/),
      })
    await opened.close()
  }
})
