import { copyFileSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { eventually, must, run } from '../support/processes.ts'

// What breaks around the engine, and what nobody should hand it: an error that says what it is, and a state that is true.

const stage = inject('stage')
const { images } = stage
const folder = join(stage.folder, 'faults')

beforeAll(() => void mkdirSync(folder, { recursive: true, mode: 0o755 }))
// A monitor's exit command may still be writing.
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }))

describe.each(anyone)('faults, as %s', (name) => {
  const berth = berthAs(name)
  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))
  const status = (container: string) => berth('inspect', '--format', '{{.State.Status}}', container)

  test('a container whose monitor alone was killed runs on, and stops, starts and goes as others do', async () => {
    await berth('run', '-d', '--name', 'mute', '--network', 'none', images.busybox, 'sleep', '1000')
    const [{ State }] = await berth.json('inspect', 'mute')
    process.kill(State.ConmonPid, 'SIGKILL')
    await eventually('no monitor', () => run('kill', ['-0', String(State.ConmonPid)]).then(({ code }) => code !== 0))
    expect(await status('mute')).toBe('running')
    expect(await berth('exec', 'mute', 'echo', 'well')).toBe('well')
    await berth('stop', '-t', '0', 'mute')
    expect(await status('mute')).toBe('exited')
    await berth('start', 'mute')
    expect(await berth('exec', 'mute', 'echo', 'well')).toBe('well')
  })

  test('a runtime that is gone is named; its container is stopped and removed all the same', async () => {
    const own = join(folder, `runtime-${name}`)
    copyFileSync(realpathSync((await must('sh', ['-c', 'command -v runc || command -v crun'])).trim()), own)
    await berth('run', '-d', '--runtime', own, '--name', 'lost', '--network', 'none', images.busybox, 'sleep', '1000')
    renameSync(own, `${own}.away`)
    expect(await berth.try(['exec', 'lost', 'true'])).toMatchObject({ code: 125, stderr: expect.stringContaining(own) })
    expect(await status('lost')).toBe('running')
    await berth('stop', '-t', '0', 'lost')
    expect(await status('lost')).toBe('exited')
    expect(await berth.try(['start', 'lost'])).toMatchObject({ code: 125, stderr: expect.stringContaining(own) })
    expect(await status('lost')).toBe('exited')
    await berth('rm', 'lost')
  })

  test('an environment of a megabyte arrives; one variable too long for the kernel is refused by it', async () => {
    const file = join(folder, `env-${name}`)
    writeFileSync(file, Array.from({ length: 20 }, (_, index) => `V${index}=${'x'.repeat(50_000)}\n`).join(''), { mode: 0o644 })
    const words = ['run', '--rm', '--network', 'none', '--env-file', file, images.busybox, 'sh', '-c', 'echo ${#V0} ${#V19}']
    expect(await berth(...words)).toBe('50000 50000')
    writeFileSync(file, `V=${'x'.repeat(1_000_000)}\n`)
    expect(await berth.try(words)).toMatchObject({ stdout: '', stderr: expect.stringMatching(/argument list too long/i) })
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('links in circles are named, as sources and as targets', async () => {
    const circle = join(folder, `circle-${name}`)
    symlinkSync(circle, circle)
    await berth(
      'run',
      '-d',
      '--name',
      'round',
      '--network',
      'none',
      images.busybox,
      'sh',
      '-c',
      'busybox ln -s /c /c; sleep 1000',
    )
    await eventually('the link', async () => (await berth.try(['exec', 'round', 'busybox', 'readlink', '/c'])).stdout !== '')
    const refused = [
      ['cp', '/etc/hosts', 'round:/c'],
      ['cp', '/etc/hosts', 'round:/c/below'],
      ['cp', 'round:/c', folder],
      ['cp', circle, 'round:/tmp'],
      ['create', '-v', `${circle}:/m`, images.busybox],
    ]
    for (const words of refused)
      expect(await berth.try(words), words.join(' ')).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(/circle|too many (levels of )?symbolic links/),
      })
    expect((await berth('ps', '-a', '--format', '{{.Names}}')).split('\n')).toEqual(['round'])
  })
})

describe.skipIf(!everyone.includes('root'))('a store that has become read-only, as root', () => {
  const root = berthAs('root')
  const store = join(folder, 'read-only')
  const on = (...args: string[]) => root.try(['--root', store, '--runroot', join(folder, 'read-only-run'), ...args])

  test('is named with the way out by every verb, and has lost nothing', async () => {
    mkdirSync(store)
    await must('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'store', store])
    try {
      expect(await on('pull', '-q', images.busybox)).toMatchObject({ code: 0 })
      expect(await on('run', '-d', '--name', 'kept', '--network', 'none', images.busybox, 'sleep', '1000')).toMatchObject({
        code: 0,
      })
      // A mount of its own, that nothing is open on.
      await must('mount', ['--bind', store, store])
      await must('mount', ['-o', 'remount,bind,ro', store])
      for (const words of [['ps'], ['stop', '-t', '0', 'kept'], ['create', images.busybox], ['system', 'check']])
        expect(await on(...words), words.join(' ')).toMatchObject({
          code: 125,
          stderr: `Error: The disk that holds ${store} is mounted read-only: mount it writable, or choose another store with --root.\n`,
        })
      await must('umount', [store])
      expect(await on('ps', '--format', '{{.Names}} {{.State}}')).toMatchObject({ code: 0, stdout: 'kept running\n' })
      expect(await on('system', 'check')).toMatchObject({ code: 0, stdout: '' })
    } finally {
      await on('rm', '-a', '-f', '-t', '0')
      // A monitor's exit command may still have it open.
      await eventually('an unused store', () => run('umount', [store]).then(({ code }) => code === 0))
    }
  })
})
