import { act, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import type { Event } from '../../engine/contract/index.ts'
import { createChannel } from '../testing/channel.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { renderConsole } from '../testing/render.tsx'
import { createEventList, maxEvents } from './event-list.ts'

const event = (second: number, Action: string, name: string, attributes: Record<string, string> = {}): Event => ({
  Type: 'container',
  Action,
  Actor: { ID: 'c'.repeat(64), Attributes: { name, ...attributes } },
  time: second,
  timeNano: second * 1e9,
})

test('events are shown live, filtered by type, text and period', async () => {
  const asked: object[] = []
  const streams: ReturnType<typeof createChannel<Event>>[] = []
  const fake = createFakeEngine(fakeHost(), {
    'system.events': async (input, options) => {
      const stream = createChannel<Event>(options?.signal)
      if (input.since === undefined) return stream
      asked.push(input)
      streams.push(stream)
      stream.push(event(1_700_000_000, 'start', 'web'))
      return stream
    },
  })
  const { user } = renderConsole(fake, '#/events')
  const table = within(await screen.findByRole('table', { name: 'Events' }))
  act(() => streams[0]!.push(event(1_700_000_001, 'died', 'web', { containerExitCode: '3', image: 'nginx' })))
  expect(await table.findByText('nginx, Exit code 3')).toBeTruthy()
  const actions = () =>
    table
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelector('code')!.textContent)
  expect(actions()).toEqual(['died', 'start'])
  await user.type(screen.getByRole('textbox', { name: 'Filter the events' }), 'died nginx')
  await waitFor(() => expect(actions()).toEqual(['died']))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Period' }), 'Last 7 days')
  await user.selectOptions(screen.getByRole('combobox', { name: 'Type' }), 'Images')
  await waitFor(() => expect(asked.at(-1)).toEqual({ stream: true, since: '168h', filters: { type: ['image'] } }))
  expect(window.location.hash).toContain('since=168h')
})

test('after an interruption they go on from the last one, without doubles; the newest are kept', async () => {
  const asked: (string | undefined)[] = []
  const streams = [createChannel<Event>(), createChannel<Event>()]
  const list = createEventList(
    {
      'system.events': async ({ since }) => {
        asked.push(since)
        return streams[asked.length - 1]!
      },
    },
    '1h',
    [],
  )
  const stop = list.subscribe(() => {})
  streams[0]!.push(event(5, 'start', 'web'))
  await expect.poll(() => list.get().events.length).toBe(1)
  streams[0]!.end()
  await expect.poll(() => asked).toEqual(['1h', '5'])
  streams[1]!.push(event(5, 'start', 'web'))
  for (let n = 0; n < maxEvents; n += 1) streams[1]!.push(event(6 + n, 'died', 'web'))
  await expect.poll(() => list.get().more).toBe(true)
  const { events } = list.get()
  expect([events.length, events[0]!.time, events.at(-1)!.time]).toEqual([maxEvents, 5 + maxEvents, 6])
  stop()
})

test('of health checks only changes are shown', async () => {
  const stream = createChannel<Event>()
  const list = createEventList({ 'system.events': async () => stream }, '1h', [])
  const stop = list.subscribe(() => {})
  const check = (second: number, HealthStatus: string): Event => ({ ...event(second, 'health_status', 'web'), HealthStatus })
  for (const each of [check(1, 'healthy'), check(2, 'healthy'), check(3, 'unhealthy'), check(4, 'unhealthy')]) stream.push(each)
  stream.push(event(5, 'died', 'web'))
  await expect.poll(() => list.get().events.map(({ time }) => time)).toEqual([5, 3, 1])
  stop()
})
