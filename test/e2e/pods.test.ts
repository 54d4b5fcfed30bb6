import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'

const { images } = inject('stage')

describe.each(everyone)('pods as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox, images.server))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('create, list, inspect, remove', async () => {
    const made = await berth('pod', 'create', '--name', 'crew')
    expect(made).toMatch(/^[0-9a-f]{64}$/)
    expect((await berth.try(['pod', 'exists', 'crew'])).code).toBe(0)
    const [row] = await berth.json('pod', 'ps', '--format', 'json')
    expect(row).toMatchObject({ Id: made, Name: 'crew', Status: 'Created' })
    expect(row.Containers).toHaveLength(1)
    await berth('pod', 'rm', 'crew')
    expect((await berth.try(['pod', 'exists', 'crew'])).code).toBe(1)
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('members share network, host name and IPC', async () => {
    const port = await freePort()
    await berth('pod', 'create', '--name', 'shared', '-p', `127.0.0.1:${port}:8080`)
    await berth('run', '-d', '--pod', 'shared', '--name', 'server', images.server)
    await berth('run', '-d', '--pod', 'shared', '--name', 'client', images.busybox, 'sleep', '1000')
    const page = await eventually('a page by way of the loop', async () => {
      const result = await berth.try(['exec', 'client', 'wget', '-qO-', 'http://127.0.0.1:8080/'])
      return result.code === 0 && result.stdout
    })
    expect(page).toBe('served by berth\n')
    expect(await berth('exec', 'client', 'hostname')).toBe(await berth('exec', 'server', 'hostname'))
    const outside = await eventually('a page by the published port', async () =>
      (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.text(),
    )
    expect(outside).toBe('served by berth\n')
    const [first, second] = await Promise.all(
      ['client', 'server'].map((each) =>
        berth('exec', each, 'stat', '-L', '-c', '%i', '/proc/self/ns/net', '/proc/self/ns/ipc', '/proc/self/ns/uts'),
      ),
    )
    expect(first).toBe(second)
  })

  test('stop, start and restart mean all of them', async () => {
    await berth('pod', 'create', '--name', 'all')
    for (const each of ['a', 'b']) await berth('run', '-d', '--pod', 'all', '--name', each, images.busybox, 'sleep', '1000')
    const states = async () => {
      const rows = (await berth.json('ps', '-a', '--pod', '--filter', 'pod=all', '--format', 'json')) as {
        Names: string[]
        State: string
      }[]
      return Object.fromEntries(rows.filter((row) => ['a', 'b'].includes(row.Names[0]!)).map((row) => [row.Names[0], row.State]))
    }
    expect(await states()).toEqual({ a: 'running', b: 'running' })
    await berth('pod', 'stop', '-t', '0', 'all')
    expect(await states()).toEqual({ a: 'exited', b: 'exited' })
    expect((await berth.json('pod', 'ps', '--format', 'json'))[0].Status).toBe('Exited')
    await berth('pod', 'start', 'all')
    expect(await states()).toEqual({ a: 'running', b: 'running' })
    expect((await berth.json('pod', 'ps', '--format', 'json'))[0].Status).toBe('Running')
    expect((await berth.try(['pod', 'rm', 'all'])).code).toBe(125)
    await berth('pod', 'rm', '-f', '-t', '0', 'all')
    expect(await berth('ps', '-a', '-q')).toBe('')
  })

  test('a container can bring its pod', async () => {
    await berth('run', '-d', '--pod', 'new:fresh', '--name', 'member', images.busybox, 'sleep', '1000')
    const [row] = await berth.json('pod', 'ps', '--format', 'json')
    expect(row.Name).toBe('fresh')
    expect(row.Containers.map((each: { Names: string }) => each.Names)).toContain('member')
  })

  test('names are shared with containers, and unknown pods are named', async () => {
    await berth('create', '--name', 'taken', images.busybox, 'true')
    const refused = await berth.try(['pod', 'create', '--name', 'taken'])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toContain('taken')
    const unknown = await berth.try(['run', '--rm', '--pod', 'nowhere', images.busybox, 'true'])
    expect(unknown.code).toBe(125)
    expect(unknown.stderr).toContain('nowhere')
  })
})
