import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { EngineError } from '../errors/index.ts'
import { askToYield, readRecorder, recorderStatus } from './client.ts'
import type { ReadRequest } from './protocol.ts'
import type { Recorder } from './recorder.ts'
import { ringFile } from './ring-folder.ts'
import { recordSamples } from './ring.ts'
import { runRecorder } from './run-recorder.ts'
import { type HistoryServer, serveHistory } from './serve.ts'

const id = 'c'.repeat(64)
const me = process.getuid!()

let folder: string
let socket: string
let server: HistoryServer | undefined
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'history-'))
  socket = path.join(folder, 's')
})
afterEach(() => {
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

/** A recorder whose files are named by their owner. */
const recorder: Recorder = {
  tick: () => {},
  filesOf: (owner, { name }) => [ringFile(folder, `${owner} ${name}`)],
  totalOf: (owner) => [ringFile(folder, `${owner} total`)],
  flush: () => {},
  count: () => 3,
  close: () => {},
}

const request: ReadRequest = {
  containers: [{ id, name: 'web' }],
  total: true,
  seconds: 3,
  points: 0,
  fields: ['cpu', 'rx'],
}

const record = (key: string, cpu: number) =>
  recordSamples(ringFile(folder, key), key, [
    {
      second: Math.floor(Date.now() / 1000),
      sample: { cpu, memory: 1, rx: Number.NaN, tx: 0, read: 0, write: 0 },
    },
  ])

const ask = (line: string) =>
  new Promise<string>((resolve) => {
    let text = ''
    const peer = connect(socket, () => peer.write(line))
    peer.setEncoding('utf8').on('data', (data: string) => {
      text += data
      if (text.includes('\n')) peer.destroy()
    })
    // One that is cut off may see a reset.
    peer.once('close', () => resolve(text)).once('error', () => {})
  })

test('a user reads what is theirs, rounded, with what could not be measured as gaps', async () => {
  server = await serveHistory({ recorder, kind: 'host', socket, onYield: () => {} })
  record(`${me} web`, 12.3456)
  record(`${me} total`, 50)
  const [web, total] = await readRecorder(socket, request)
  expect(web?.id).toBe(id)
  expect(web?.values.cpu?.findLast((value) => value !== null)).toBe(12.35)
  expect(web?.values.rx?.every((value) => value === null)).toBe(true)
  expect(web?.values.memory).toBeUndefined()
  expect(total?.id).toBeUndefined()
  expect(total?.values.cpu?.findLast((value) => value !== null)).toBe(50)
  expect(await recorderStatus(socket)).toMatchObject({ kind: 'host', containers: 3 })
  expect(statSync(socket).mode & 0o777).toBe(0o666)
})

test('only root may read what belongs to others', async () => {
  server = await serveHistory({ recorder, kind: 'host', socket, onYield: () => {} })
  record(`${me + 1} web`, 1)
  const read = readRecorder(socket, { ...request, owner: me + 1 })
  if (me === 0) expect((await read)[0]?.values.cpu?.some((value) => value !== null)).toBe(true)
  else await expect(read).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('a recorder of somebody else answers nobody, and what is no request is refused', async () => {
  server = await serveHistory({ recorder, kind: 'service', socket, only: me + 1, onYield: () => {} })
  expect(await recorderStatus(socket)).toBeUndefined()
  await expect(readRecorder(socket, request)).rejects.toMatchObject({ code: 'EngineUnreachable' })
  server.close()
  server = await serveHistory({ recorder, kind: 'service', socket, only: me, onYield: () => {} })
  for (const bad of [
    '{',
    'null',
    '7',
    '{"read":{}}',
    '{"read":{"containers":[{"id":"../x","name":"a"}],"seconds":1,"points":0,"fields":[]}}',
  ])
    expect(await ask(`${bad}\n`)).toContain('This is no request')
  expect(await ask(`${'x'.repeat(600_000)}`)).toBe('')
  expect(statSync(socket).mode & 0o777).toBe(0o600)
})

test('one records at a time; a service takes over from a session', async () => {
  const options = { folder: path.join(folder, 'rings'), socket, only: me, log: () => {} }
  const session = await runRecorder({ ...options, kind: 'session' })
  await expect(runRecorder({ ...options, kind: 'session' })).rejects.toSatisfy((error) => EngineError.is(error, 'StoreBusy'))
  const service = await runRecorder({ ...options, kind: 'service' })
  expect([session.isOpen(), service.isOpen()]).toEqual([false, true])
  await askToYield(socket)
  expect(service.isOpen()).toBe(true)
  expect((await recorderStatus(socket))?.kind).toBe('service')
  service.close()
  expect(await recorderStatus(socket)).toBeUndefined()
})
