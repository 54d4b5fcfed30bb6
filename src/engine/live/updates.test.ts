import { expect, test } from 'vitest'

import { createUpdates, type Update } from './updates.ts'

const newer: Update = { name: 'a:1', id: 'x', status: 'newer', checked: 1 }

function memory(first: string | null = null) {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? first, setItem: (key: string, text: string) => void kept.set(key, text) }
}

async function* give(...updates: Update[]) {
  yield* updates
}

test('what a check found is remembered, and forgotten of what was pulled', async () => {
  const store = memory()
  const first = createUpdates(
    { 'image.updates': async () => give(newer, { ...newer, name: 'b:1', status: 'current' }) },
    'alice',
    store,
  )
  await Promise.all([first.check(), first.check()])
  expect(first.state.get()).toMatchObject({ checking: false, error: undefined })
  const second = createUpdates({ 'image.updates': async () => give() }, 'alice', store)
  expect([...second.state.get().byName.values()].map(({ name, status }) => [name, status])).toEqual([
    ['a:1', 'newer'],
    ['b:1', 'current'],
  ])
  expect(second.state.get().checked).toBeTypeOf('number')
  expect(createUpdates({ 'image.updates': async () => give() }, 'bob', store).state.get().byName.size).toBe(0)
  second.forget('a:1')
  expect(
    createUpdates({ 'image.updates': async () => give() }, 'alice', store)
      .state.get()
      .byName.has('a:1'),
  ).toBe(false)
})

test('what is remembered and is none is not taken', () => {
  for (const text of ['{', '7', 'null', '{"checked":"x","found":[1,{"name":"a"},null]}'])
    expect(createUpdates({ 'image.updates': async () => give() }, 'alice', memory(text)).state.get()).toMatchObject({
      byName: new Map(),
      checked: undefined,
    })
})

test('a failing check reports it and keeps its results; a stopped one reports nothing', async () => {
  const failing = createUpdates(
    {
      'image.updates': async () =>
        (async function* () {
          yield newer
          throw new Error('no network')
        })(),
    },
    'alice',
    memory(),
  )
  await failing.check()
  expect(failing.state.get().error?.message).toBe('no network')
  expect(failing.state.get().byName.size).toBe(1)
  const stopped = createUpdates(
    {
      'image.updates': async (_input, options) => {
        await new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('stop'))))
        return give()
      },
    },
    'alice',
    memory(),
  )
  const check = stopped.check()
  stopped.stop()
  await check
  expect(stopped.state.get()).toMatchObject({ checking: false, error: undefined })
})
