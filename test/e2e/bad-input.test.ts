import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage

describe.each(anyone)('bad input as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  /** One sentence that begins as podman's do, and no stack trace. */
  const refused = async (code: number, text: RegExp | string, ...args: string[]) => {
    const result = await berth.try(args)
    expect(result.stderr, args.join(' ')).toMatch(text)
    expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(code)
    expect(result.stderr).toMatch(/Error: /)
    expect(result.stderr).not.toMatch(/\n\s+at .*:\d+:\d+|node:internal/)
    expect(await berth('ps', '-aq'), `after ${args.join(' ')}`).toBe('')
  }

  test('names', async () => {
    await refused(125, /bad name|invalid/i, 'create', '--name', 'bad name', images.busybox)
    await refused(125, /\.\.\/escape|invalid/i, 'create', '--name', '../escape', images.busybox)
    await refused(125, /nobody/, 'start', 'nobody')
    await refused(125, /nobody/, 'logs', 'nobody')
    await refused(125, /nobody/, 'exec', 'nobody', 'true')
    await refused(125, /nobody/, 'inspect', 'nobody')
  })

  test('flags', async () => {
    await refused(125, /--no-such-flag/, 'run', '--no-such-flag', images.busybox)
    await refused(125, /memory|12q/i, 'run', '--memory', '12q', images.busybox, 'true')
    await refused(125, /cpus|many/i, 'run', '--cpus', 'many', images.busybox, 'true')
    await refused(125, /99999|port/i, 'run', '-p', '99999:1', images.busybox, 'true')
    await refused(125, /sometimes/, 'run', '--restart', 'sometimes', images.busybox, 'true')
    await refused(125, /signal/i, 'run', '--stop-signal', 'SIGNOTHING', images.busybox, 'true')
  })

  test('unknown commands', async () => {
    const result = await berth.try(['frobnicate'])
    expect(result.code).toBe(125)
    expect(result.stderr).toContain('frobnicate')
  })

  test('programs that are missing or may not run: 127 and 126, nothing left', async () => {
    await refused(127, /no-such-program/, 'run', '--rm', images.busybox, 'no-such-program')
    await refused(126, /passwd/, 'run', '--rm', images.busybox, '/etc/passwd')
  })

  test('image names', async () => {
    await refused(125, /localhost\/UPPER.*lower/i, 'run', 'localhost/UPPER', 'true')
    await refused(125, /nowhere\/image/, 'run', '--rm', `${stage.registry}/nowhere/image`, 'true')
  })

  test('a folder to mount that is not there', async () => {
    await refused(125, /no-such-folder/, 'run', '--rm', '-v', '/no-such-folder/x:/mnt', images.busybox, 'true')
  })

  test('a user that the image does not have', async () => {
    const result = await berth.try(['run', '--rm', '-u', 'nobody-here', images.busybox, 'true'])
    expect(result.code).toBeGreaterThanOrEqual(125)
    expect(result.stderr).toContain('nobody-here')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('a runtime that is missing', async () => {
    const result = await berth.try(['--runtime', '/no/such/runtime', 'run', '--rm', images.busybox, 'true'])
    expect(result.code).not.toBe(0)
    expect(result.stderr).toContain('/no/such/runtime')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('the name of what exists', async () => {
    await berth('create', '--name', 'taken', images.busybox, 'true')
    const result = await berth.try(['create', '--name', 'taken', images.busybox, 'true'])
    expect(result.code).toBe(125)
    expect(result.stderr).toMatch(/taken.*in use|in use.*taken/)
  })
})

describe('a user without sub-ids', () => {
  afterAll(() => run('userdel', ['-r', 'berth-nosub']))

  test('is told what an administrator does about it', async () => {
    await must('useradd', ['-m', 'berth-nosub'])
    for (const kind of ['uid', 'gid']) await must('sed', ['-i', '/^berth-nosub:/d', `/etc/sub${kind}`])
    const id = (await must('id', ['-u', 'berth-nosub'])).trim()
    const runtime = join(stage.folder, 'run-nosub')
    mkdirSync(runtime, { mode: 0o700 })
    await must('chown', ['berth-nosub:', runtime])
    const env = { HOME: '/home/berth-nosub', PATH: '/usr/bin:/bin:/usr/sbin', XDG_RUNTIME_DIR: runtime }
    const result = await run(
      'setpriv',
      ['--reuid', id, '--regid', id, '--init-groups', '--', join(stage.dist, 'bin/berth'), 'ps'],
      { env },
    )
    expect(result.code).toBe(125)
    expect(result.stderr).toMatch(/^Error: .*berth-nosub.*\/etc\/subuid.*usermod --add-subuids/)
    expect(result.stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('a full disk', () => {
  const berth = berthAs('root')
  const small = join(stage.folder, 'small')

  beforeAll(async () => {
    mkdirSync(small)
    await must('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'small', small])
  })
  afterAll(() => must('umount', [small]))

  test('is named, and nothing of the pull stays', async () => {
    const where = ['--root', join(small, 'store'), '--runroot', join(small, 'run')]
    const result = await berth.try([...where, 'pull', images.layers])
    expect(result.code).toBe(125)
    expect(result.stderr).toMatch(/space|full/i)
    expect((await berth.try([...where, 'images', '-q'])).stdout).toBe('')
    writeFileSync(join(small, 'room'), 'there is room again')
  })
})
