import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, afterAll, describe, expect, inject, test } from 'vitest'
import { type Berth, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { type LoginConsole, processesWith, startLoginConsole } from '../support/login-console.ts'
import { eventually, must } from '../support/processes.ts'

const { images, folder } = inject('stage')
const secret = join(folder, 'descriptors/of-root')

beforeAll(() => {
  mkdirSync(join(folder, 'descriptors'), { recursive: true })
  writeFileSync(secret, 'of root alone\n')
  chmodSync(secret, 0o600)
})

/** A shell that holds root's file open and runs what follows. */
const holding = ['bash', '-c', `exec 9<>${secret} 63<>${secret} 251<>${secret}; exec "$@"`, 'bash']

/** The descriptors of a process that are the file. */
function leaked(pid: number): string[] {
  const own = `/proc/${pid}/fd`
  const list = readdirSync(own)
  expect(list).toContain('0')
  return list.filter((fd) => linkOf(join(own, fd)) === secret)
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed meanwhile
  }
}

describe('the console', () => {
  let console_: LoginConsole
  beforeAll(async () => {
    console_ = await startLoginConsole('descriptors', { before: holding })
  })
  afterAll(() => console_?.stop())

  test('hands nothing of its starting shell to server, helper, agent and engine half', async () => {
    expect((await console_.logIn('alice', 'alice')).status).toBe(200)
    const half = await eventually('the engine half', () => processesWith('lib/engine-half.js', '\0LOGNAME=alice\0')[0], 20_000)
    const found = {
      console: console_.service.child.pid!,
      server: processesWith('lib/agent.js server')[0]!,
      helper: processesWith('lib/agent.js login')[0]!,
      agent: processesWith('lib/agent.js agent', '\0LOGNAME=alice\0')[0]!,
      half,
    }
    for (const [name, pid] of Object.entries(found)) expect([name, leaked(pid)]).toEqual([name, []])
  })
})

describe.each(everyone)('a container of %s', (name) => {
  let berth: Berth
  beforeAll(async () => {
    berth = berthAs(name)
    await pullImages(berth, images.busybox)
  })
  afterAll(() => clear(berth))

  test('has nothing of the shell that ran it, nor has its monitor', async () => {
    const { argv, env } = berth.command('run', '-d', '--name', 'held', images.busybox, 'sleep', '600')
    await must(holding[0]!, [...holding.slice(1), ...argv], { env })
    const { Pid, ConmonPid } = (await berth.json('inspect', 'held'))[0].State
    expect([leaked(ConmonPid), leaked(Pid)]).toEqual([[], []])
  })

  test('what an argument names is read all the same', async () => {
    const { argv, env } = berth.command('run', '--rm', '--env-file')
    const script = '"$@" <(echo FROM=substitution) "$IMAGE" env'
    const at = argv.findIndex((word) => word.endsWith('/berth'))
    // A shell of the user's: the pipe is theirs.
    const words = [...argv.slice(0, at), 'bash', '-c', script, 'bash', ...argv.slice(at)]
    expect(await must(words[0]!, words.slice(1), { env: { ...env, IMAGE: images.busybox } })).toContain('FROM=substitution\n')
  })

  test('a process that holds the namespace holds nothing else', async () => {
    if (berth.root) return
    const { argv, env } = berth.command('version')
    const runtime = join(folder, 'descriptors', `run-${name}`)
    await must('install', ['-d', '-m', '700', '-o', name, runtime])
    // catatonit closes what it is given; where it is missing, sleep holds the namespace.
    const hide = `for each in /usr/bin/catatonit /usr/libexec/*/catatonit /usr/lib/podman/catatonit
      do [ ! -x "$each" ] || mount --bind /dev/null "$each" || exit; done; exec "$@"`
    const words = ['unshare', '--mount', 'sh', '-c', hide, 'sh', ...holding, ...argv]
    // The file is named as well, so that it stays for the command and not for what outlives it.
    await must(words[0]!, [...words.slice(1), '--format', '{{/* /dev/fd/251 */}}x'], {
      env: { ...env, XDG_RUNTIME_DIR: runtime },
    })
    const pid = Number(readFileSync(join(runtime, 'berth/pause'), 'latin1').split(' ')[0])
    try {
      expect(leaked(pid)).toEqual([])
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })
})
