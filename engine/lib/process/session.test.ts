import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

import { isAlive, processStartTime } from './process.ts'
import { killSession } from './session.ts'

async function session(script: string): Promise<{ child: ChildProcess; pids: number[] }> {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const [text] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, pids: text.toString().trim().split(/\s+/).map(Number) }
}

test('all of a session are killed, children in a session of their own too', async () => {
  const { child, pids } = await session('sleep 60 & a=$!; setsid sleep 60 & echo $$ $a $!; wait')
  const ended = once(child, 'exit')
  await killSession(child.pid!, processStartTime(child.pid!))
  await ended
  await expect.poll(() => pids.filter((pid) => isAlive(pid))).toEqual([])
})

test('a number that is another process by now is left alone', async () => {
  const { child } = await session('echo $$; exec sleep 60')
  await killSession(child.pid!, '1')
  expect(isAlive(child.pid!)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
})
