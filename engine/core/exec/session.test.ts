import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { processStartTime } from '../../lib/process/process.ts'
import { containerById, updateExecState } from '../../store/index.ts'
import { cleanup } from '../containers/cleanup.ts'
import { deadStopper, type FakeRuns, fakeRuns } from '../containers/lifecycle/fixtures/fake-run.ts'
import { beforeTransaction } from '../containers/lifecycle/fixtures/gate.ts'
import { parseInput } from '../../contract/index.ts'
import { create } from './create.ts'
import { currentSession, execPaths, recordExit } from './session.ts'
import { start } from './start.ts'

let runs: FakeRuns
let container: string
const children: ChildProcess[] = []
beforeEach(async () => {
  runs = fakeRuns()
  container = await runs.create()
  await runs.begin(container)
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await runs.close()
})

const made = async () => (await create(runs.context, parseInput('exec.create', { name: container, body: { Cmd: ['true'] } }))).Id
const exitsTold = () => runs.events(container).filter((event) => event === 'exec_died').length

/** As a process leaves it that is killed before the monitor was noted. */
async function begun(starter: { pid: number; startTime: string }): Promise<string> {
  const id = await made()
  const { database } = runs.context
  const state = { status: 'running', conmonPid: starter.pid, conmonPidStart: starter.startTime } as const
  await database.transaction(() => updateExecState(database, id, state))
  return id
}

test('a command whose starter was killed before it had a monitor has ended, and that is told once', async () => {
  const id = await begun(await deadStopper('stop'))
  expect((await currentSession(runs.context, id)).state).toMatchObject({ status: 'stopped', exitCode: -1 })
  expect((await currentSession(runs.context, id)).state).toMatchObject({ status: 'stopped', exitCode: -1 })
  expect(exitsTold()).toBe(1)
})

test('one that is being started runs, and so does one whose monitor outlives its starter, until the monitor tells of its end', async () => {
  const alive = await begun({ pid: process.pid, startTime: processStartTime(process.pid)! })
  expect((await currentSession(runs.context, alive)).state.status).toBe('running')
  const id = await begun(await deadStopper('stop'))
  const paths = execPaths(runs.context, container, id)
  mkdirSync(paths.exits, { recursive: true })
  symlinkSync('/bin/sleep', path.join(paths.folder, 'conmon'))
  const monitor = spawn(path.join(paths.folder, 'conmon'), ['120'], { stdio: 'ignore' })
  children.push(monitor)
  await once(monitor, 'spawn')
  writeFileSync(paths.conmonPidFile, `${monitor.pid}`)
  expect((await currentSession(runs.context, id)).state.status).toBe('running')
  writeFileSync(path.join(paths.exits, container), '7')
  expect((await currentSession(runs.context, id)).state).toMatchObject({ status: 'stopped', exitCode: 7 })
})

test('the first exit code counts, and a session is forgotten some minutes after its end, with what is left of it', async () => {
  const first = await begun(await deadStopper('stop'))
  const paths = execPaths(runs.context, container, first)
  mkdirSync(paths.exits, { recursive: true })
  writeFileSync(path.join(paths.exits, container), '7')
  // Making another one notes the ends that nobody waited for.
  const second = await made()
  expect(await recordExit(runs.context, await currentSession(runs.context, first), -1)).toMatchObject({ exitCode: 7 })
  expect(exitsTold()).toBe(1)
  const { database } = runs.context
  await database.transaction(() => updateExecState(database, first, { endedAt: Date.now() - 301_000 }))
  await made()
  await expect(currentSession(runs.context, first)).rejects.toMatchObject({ code: 'ExecNotFound' })
  expect(existsSync(paths.folder)).toBe(false)
  expect((await currentSession(runs.context, second)).state).toMatchObject({ status: 'created' })
})

test('a command that nothing is connected to cannot end with its connection', async () => {
  const options = parseInput('exec.start', { id: await made(), body: { Detach: true, EndOnDisconnect: true } })
  await expect(start(runs.context, options, {})).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('of two that start one session one is refused, wherever they meet', async () => {
  const id = await made()
  const gate = beforeTransaction(runs.context)
  const options = parseInput('exec.start', { id, body: {} })
  const first = start(runs.context, options, {})
  await gate.reached
  const { database } = runs.context
  const other = { status: 'running', conmonPid: process.pid, conmonPidStart: processStartTime(process.pid)! } as const
  await database.transaction(() => updateExecState(database, id, other))
  gate.open()
  await expect(first).rejects.toMatchObject({ code: 'ExecStateInvalid' })
})

test('an end that is noted after the container was cleaned up with its sessions says so, and leaves nothing', async () => {
  const id = await made()
  const session = await currentSession(runs.context, id)
  const gate = beforeTransaction(runs.context)
  const noted = recordExit(runs.context, session, 0)
  await gate.reached
  await runs.end(container, 0)
  await cleanup(runs.context, parseInput('container.cleanup', { name: container, remove: false, stoppedOnly: true }))
  gate.open()
  await expect(noted).rejects.toMatchObject({ code: 'ExecNotFound' })
  expect(containerById(runs.context.database, container)!.state.status).toBe('exited')
  expect(exitsTold()).toBe(0)
})
