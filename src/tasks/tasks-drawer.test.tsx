import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import type { Task } from '../../engine/contract/index.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

const pull = (id: string, changes: Partial<Task>): Task => ({
  Id: id,
  Operation: 'image.pull',
  Object: `docker.io/library/${id}:1`,
  State: 'running',
  Started: minutesAgo(20),
  Layers: [],
  Lines: [],
  ...changes,
})

test('a task says when it was started, or how long ago it ended and how long it took', async () => {
  const tasks = [pull('nginx', {}), pull('redis', { State: 'done', Started: minutesAgo(12), Ended: minutesAgo(9) })]
  const { user } = renderConsole(createFakeEngine({ tasks }), '#/')
  await user.click(await screen.findByRole('button', { name: /Tasks/ }))
  const drawer = within(await screen.findByRole('region', { name: 'Tasks' }))
  expect(await drawer.findByText('started 20 minutes ago')).toBeTruthy()
  expect(drawer.getByText('9 minutes ago').parentElement!.textContent).toBe('Done · 9 minutes ago · took 3 minutes')
})
