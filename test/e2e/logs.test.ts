import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'

const { images } = inject('stage')

describe.each(anyone)('logs as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('all lines, the last ones, and with times', async () => {
    await berth('run', '--name', 'talker', images.busybox, 'sh', '-c', 'for i in 1 2 3 4 5; do echo line $i; done')
    expect((await berth('logs', 'talker')).split('\n')).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5'])
    expect(await berth('logs', '--tail', '2', 'talker')).toBe('line 4\nline 5')
    expect(await berth('logs', '-t', '--tail', '1', 'talker')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* line 5$/)
  })

  test('standard error stays standard error', async () => {
    await berth('run', '--name', 'both', images.busybox, 'sh', '-c', 'echo out; echo err >&2')
    expect(await berth.try(['logs', 'both'])).toMatchObject({ code: 0, stdout: 'out\n', stderr: 'err\n' })
  })

  test('a line longer than any buffer comes back whole', async () => {
    await berth(
      'run',
      '--name',
      'long',
      images.busybox,
      'sh',
      '-c',
      'dd if=/dev/zero bs=1000 count=100 2>/dev/null | tr "\\0" x; echo',
    )
    expect(await berth('logs', 'long')).toBe('x'.repeat(100_000))
  })

  test('-f follows to the end', async () => {
    await berth('run', '-d', '--name', 'slow', images.busybox, 'sh', '-c', 'for i in 1 2 3; do echo tick $i; sleep 0.4; done')
    expect(await berth('logs', '-f', 'slow')).toBe('tick 1\ntick 2\ntick 3')
  })

  test('-f shows lines as they come', async () => {
    await berth('run', '-d', '--name', 'live', images.busybox, 'sh', '-c', 'while :; do date +%s; sleep 0.2; done')
    const follower = berth.start('logs', '-f', 'live')
    let text = ''
    follower.stdout!.on('data', (data: Buffer) => (text += data.toString()))
    expect(await eventually('five lines', () => text.split('\n').length > 5, 15_000)).toBe(true)
    follower.kill('SIGTERM')
    await new Promise((resolve) => follower.once('close', resolve))
  })
})
