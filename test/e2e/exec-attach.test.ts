import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, everyone, inTerminal, pullImages } from '../support/berth.ts'
import { eventually, must } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage

describe.each(everyone)('exec and attach as %s', (name) => {
  const berth = berthAs(name)
  /** Where the user makes no difference. */
  const once = anyone.filter((each) => each === name)

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    await berth('run', '-d', '--name', 'host', '-e', 'COLOUR=blue', images.busybox, 'sh', '-c', 'while :; do sleep 0.2; done')
  })
  afterAll(() => clear(berth))

  test('exec prints and ends as its command does', async () => {
    expect(await berth('exec', 'host', 'echo', 'inside')).toBe('inside')
    expect((await berth.try(['exec', 'host', 'sh', '-c', 'exit 6'])).code).toBe(6)
  })

  test('exec has the environment, folder and user asked for', async () => {
    const text = await berth(
      'exec',
      '-e',
      'SHAPE=round',
      '-w',
      '/tmp',
      '-u',
      '33',
      'host',
      'sh',
      '-c',
      'echo $COLOUR $SHAPE; pwd; id -u',
    )
    expect(text.split('\n')).toEqual(['blue round', '/tmp', '33'])
  })

  test('exec -i hands over standard input', async () => {
    const result = await berth.try(['exec', '-i', 'host', 'wc', '-c'], { input: 'x'.repeat(100_000) })
    expect(result.stdout.trim()).toBe('100000')
  })

  test.each(once)('exec passes descriptors on, and with --no-session stores nothing', async () => {
    const file = join(stage.folder, `exec-${name}`)
    writeFileSync(file, `${await berth('inspect', '--format', '{{.Id}}', 'host')}\n`, { mode: 0o644 })
    const exec = ['exec', '--no-session', '--cidfile', file, '--preserve-fd', '4', 'sh', '-c', 'cat <&4; exit 4']
    const { argv, env } = berth.command(...exec)
    const opened = `"$@" 4<${file}; echo $?`
    expect(await must('sh', ['-c', opened, 'sh', ...argv], { env, cwd: berth.user.home })).toMatch(/^[0-9a-f]{64}\n4\n$/)
    await berth('exec', '--no-session', '-d', 'host', 'sleep', '1')
    expect(await berth('inspect', '--format', '{{.ExecIDs}}', 'host')).toBe('[]')
    const missing = await berth.try(['exec', '--preserve-fds', '1', 'host', 'true'])
    expect(missing).toMatchObject({ code: 125, stderr: expect.stringMatching(/file descriptor 3 is not available/) })
  })

  test.each(once)('what ends first is waited for, and what others need is removed last', async () => {
    const [first, other] = ['first', 'other'].map((each) => `${each}-to-end`)
    await berth('run', '-d', '--name', other!, '--network', 'none', images.busybox, 'sleep', '100')
    await berth('run', '-d', '--name', first!, '--network', `container:${other}`, images.busybox, 'sh', '-c', 'exit 7')
    expect(await berth('wait', '--return-on-first', other!, first!)).toBe('7')
    expect(await berth('ps', '-a', '--filter', `network=container:${other}`, '--format', '{{.Names}}')).toBe(first)
    // Ours is the host's ps, so that an image needs none.
    expect(await berth('top', other!, '-eo', 'pid,args')).toMatch(/^ +PID COMMAND\n +1 sleep 100$/)
    expect((await berth.try(['rm', '-f', '-t', '0', '--all', '--filter', `name=-to-end`])).code).toBe(0)
  })

  test('exec keeps output and error apart', async () => {
    expect(await berth.try(['exec', 'host', 'sh', '-c', 'echo out; echo err >&2'])).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  test('exec -d leaves it running', async () => {
    await berth('exec', '-d', 'host', 'sh', '-c', 'sleep 0.3; echo done >/tmp/mark')
    const mark = async () => (await berth.try(['exec', 'host', 'cat', '/tmp/mark'])).stdout || undefined
    expect(await eventually('the mark', mark)).toBe('done\n')
  })

  test('a client that is killed leaves its command running, as podman does', async () => {
    const client = berth.start('exec', 'host', 'sh', '-c', 'echo $$ >/tmp/left; while :; do sleep 0.2; done')
    const left = async () => (await berth.try(['exec', 'host', 'cat', '/tmp/left'])).stdout.trim() || undefined
    const pid = await eventually('the command', left)
    client.kill('SIGKILL')
    await new Promise((resolve) => client.once('close', resolve))
    expect((await berth.try(['exec', 'host', 'kill', '-0', pid])).code).toBe(0)
    await berth('exec', 'host', 'kill', '-9', pid)
  })

  test('exec -it has a terminal', async () => {
    expect(await inTerminal(berth, ['exec', '-it', 'host', 'sh', '-c', 'tty; stty size'], '')).toMatch(/\/dev\/pts\/\d+/)
  })

  test('much output arrives whole and in order', async () => {
    const text = await berth('exec', 'host', 'seq', '1', '50000')
    const lines = text.split('\n')
    expect(lines).toHaveLength(50_000)
    expect(lines.every((line, index) => line === String(index + 1))).toBe(true)
  })

  test('ten at once do not mix', async () => {
    const texts = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        berth('exec', 'host', 'sh', '-c', `for i in 1 2 3; do echo ${index}; sleep 0.05; done`),
      ),
    )
    expect(texts).toEqual(Array.from({ length: 10 }, (_, index) => `${index}\n${index}\n${index}`))
  })

  test('what cannot be run: 127 and 126, by name', async () => {
    const missing = await berth.try(['exec', 'host', 'no-such-program'])
    expect(missing.code).toBe(127)
    expect(missing.stderr).toContain('no-such-program')
    const closed = await berth.try(['exec', 'host', '/etc/passwd'])
    expect(closed.code).toBe(126)
    // As podman's: nothing was tried.
    const unknown = 'Error: unable to find user nope: no matching entries in passwd file\n'
    expect(await berth.try(['exec', '--user', 'nope', 'host', 'true'])).toEqual({ code: 255, stdout: '', stderr: unknown })
    expect(await berth.try(['exec', '-d', '--user', 'nope', 'host', 'true'])).toEqual({ code: 125, stdout: '', stderr: unknown })
  })

  test('exec needs a running container', async () => {
    await berth('create', '--name', 'idle', images.busybox, 'true')
    const failed = await berth.try(['exec', 'idle', 'true'])
    expect(failed.code).toBe(255)
    expect(failed.stderr).toMatch(/idle|state|running/)
  })

  test('attach shows the output and ends with the container', async () => {
    await berth('create', '--name', 'heard', '-i', images.busybox, 'sh', '-c', 'read word; echo heard $word; exit 2')
    await berth('start', 'heard')
    const result = await berth.try(['attach', 'heard'], { input: 'you\n' })
    // As podman's: a line feed at the end, and the exit code is `wait`'s to say.
    expect(result).toEqual({ code: 0, stdout: 'heard you\n\n', stderr: '' })
    expect(await berth('wait', 'heard')).toBe('2')
  })

  test('start -a attaches from the first byte', async () => {
    await berth('create', '--name', 'first', images.busybox, 'sh', '-c', 'echo first; exit 3')
    expect(await berth.try(['start', '-a', 'first'])).toMatchObject({ code: 3, stdout: 'first\n' })
  })

  test('run -it: a terminal that takes input', async () => {
    const text = await inTerminal(berth, ['run', '--rm', '-it', images.busybox, 'sh'], 'echo $((40 + 2)) and out\nexit\n')
    expect(text).toContain('42 and out')
  })
})
