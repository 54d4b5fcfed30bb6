import { expect, test } from 'vitest'

import type { Pipe } from '../../contract/index.ts'
import { detachable } from './detachable.ts'

/** A pipe that notes what reaches it. */
function noting(): Pipe & { taken: string; closed: boolean } {
  const pipe = {
    taken: '',
    closed: false,
    output: (async function* () {})(),
    write: async (data: Uint8Array) => void (pipe.taken += Buffer.from(data).toString('latin1')),
    end: async () => {},
    close: () => void (pipe.closed = true),
  }
  return pipe
}

test('the keys close the pipe, in one piece or two, and reach no process', async () => {
  for (const pieces of [['ls\x10\x11more'], ['ls\x10', '\x11more']]) {
    const pipe = noting()
    const typed = detachable(pipe, 'ctrl-p,ctrl-q')
    for (const piece of pieces) await typed.write(Buffer.from(piece))
    expect([pipe.closed, pipe.taken.replace('ls', '')]).toEqual([true, ''])
  }
})

test('half of the keys is input like any other', async () => {
  const pipe = noting()
  const typed = detachable(pipe, 'ctrl-p,ctrl-q')
  await typed.write(Buffer.from('a\x10'))
  await typed.write(Buffer.from('b'))
  expect([pipe.closed, pipe.taken]).toEqual([false, 'a\x10b'])
})

test('without keys nothing is looked at', () => {
  const pipe = noting()
  expect(detachable(pipe, '')).toBe(pipe)
  expect(() => detachable(pipe, 'nonsense')).toThrow("invalid detach keys: Unknown character: 'nonsense'")
})
