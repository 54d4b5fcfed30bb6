import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { detectCgroups, removeCgroup } from '../../lib/cgroup/index.ts'
import { which } from '../../lib/process/exec.ts'
import { isAlive } from '../../lib/process/process.ts'
import { randomId } from '../../lib/random-id.ts'
import { type Attachment, attach, createContainer, type CreateOptions, execSession, resize, waitForExit } from './index.ts'
import { openRuntime, type Runtime } from '../runtime.ts'

// A real monitor and a real runtime: what is tested is our side of their protocol.
const busybox = which('busybox')
const unable = process.getuid?.() !== 0 || !which('conmon') || !busybox || !(which('runc') ?? which('crun'))

let folder: string
let runtime: Runtime
const made: string[] = []
const group = `/berth-conmon-test-${process.pid}`

beforeAll(() => {
  if (unable) return
  folder = mkdtempSync(path.join(tmpdir(), 'berth-conmon-'))
  for (const name of ['bin', 'proc', 'dev', 'exits'])
    mkdirSync(path.join(folder, name === 'exits' ? name : `root/${name}`), { recursive: true })
  copyFileSync(busybox as string, path.join(folder, 'root/bin/busybox'))
  chmodSync(path.join(folder, 'root/bin/busybox'), 0o755)
  for (const applet of ['sh', 'cat', 'sleep', 'stty']) symlinkSync('busybox', path.join(folder, 'root/bin', applet))
  runtime = openRuntime({ root: path.join(folder, 'runtime'), cgroups: detectCgroups(), cgroupManager: 'cgroupfs' })
})

afterAll(async () => {
  if (unable) return
  for (const id of made) await runtime.delete(id, { force: true })
  await removeCgroup(detectCgroups(), group)
  rmSync(folder, { recursive: true })
})

function processOf(args: string[], terminal: boolean): object {
  return { terminal, user: { uid: 0, gid: 0 }, args, env: ['PATH=/bin'], cwd: '/' }
}

function specOf(args: string[], terminal: boolean): object {
  return {
    ociVersion: '1.0.2',
    process: processOf(args, terminal),
    root: { path: path.join(folder, 'root') },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'ptmxmode=0666', 'mode=0620'] },
    ],
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })),
      cgroupsPath: `${group}/${randomId().slice(0, 12)}`,
    },
  }
}

async function create(args: string[], extra: Partial<CreateOptions> = {}) {
  const id = randomId()
  // Longer than a socket address may be, as store paths of users with long names are.
  const bundle = path.join(folder, 'b'.repeat(60), id)
  mkdirSync(bundle, { recursive: true })
  writeFileSync(path.join(bundle, 'config.json'), JSON.stringify(specOf(args, extra.terminal ?? false)))
  made.push(id)
  const options: CreateOptions = {
    id,
    runtime,
    bundle,
    pidFile: path.join(bundle, 'pid'),
    conmonPidFile: path.join(bundle, 'conmon.pid'),
    exitDir: path.join(folder, 'exits'),
    ociLog: path.join(bundle, 'oci-log'),
    log: { driver: 'k8s-file', path: path.join(bundle, 'ctr.log') },
    exitCommand: ['/bin/sh', '-c', `echo cleaned > ${bundle}/cleaned`],
    ...extra,
  }
  const monitored = await createContainer(options)
  const exited = () =>
    waitForExit({ exitDir: options.exitDir, id, monitor: { pid: monitored.conmonPid, startTime: monitored.conmonStartTime } })
  return { ...monitored, id, bundle, exited }
}

async function outputOf(attachment: Attachment): Promise<{ stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' }
  for await (const { stream, data } of attachment) output[stream] += data.toString()
  return output
}

test.skipIf(unable)(
  'needs root, conmon, a runtime and busybox: both streams, a long input, the exit status, the log and the exit command',
  async () => {
    const container = await create(['sh', '-c', 'echo out; echo err >&2; cat; exit 7'], { stdin: true })
    expect(await runtime.state(container.id)).toMatchObject({ status: 'created', pid: container.pid })
    const attachment = attach(container.bundle)
    const output = outputOf(attachment)
    await runtime.start(container.id)
    await attachment.write(Buffer.alloc(200_000, 'x'))
    attachment.end()
    expect(await output).toEqual({ stdout: `out\n${'x'.repeat(200_000)}`, stderr: 'err\n' })
    expect(await container.exited()).toMatchObject({ code: 7 })
    expect(readFileSync(path.join(container.bundle, 'ctr.log'), 'utf8')).toMatch(/ stderr F err\n/)
    await expect.poll(() => existsSync(path.join(container.bundle, 'cleaned'))).toBe(true)
    expect(() => attach(container.bundle)).toThrow(expect.objectContaining({ code: 'ContainerStateInvalid' }))
  },
)

test.skipIf(unable)('needs root, conmon, a runtime and busybox: a terminal takes its size', async () => {
  const container = await create(['sh', '-c', 'read _; stty size'], { terminal: true, stdin: true })
  const attachment = attach(container.bundle)
  const output = outputOf(attachment)
  await runtime.start(container.id)
  resize(container.bundle, 33, 99)
  expect(() => resize(container.bundle, -1, 99)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  await new Promise((resolve) => setTimeout(resolve, 100))
  await attachment.write(Buffer.from('\n'))
  expect((await output).stdout).toContain('33 99')
  expect(await container.exited()).toMatchObject({ code: 0 })
})

test.skipIf(unable)(
  'needs root, conmon, a runtime and busybox: a command that is not there is told, and no monitor stays',
  async () => {
    await expect(create(['nowhere'])).rejects.toMatchObject({
      code: 'CommandNotFound',
      message: expect.stringContaining('nowhere'),
    })
    const id = made.at(-1) as string
    const pid = Number(readFileSync(path.join(folder, 'b'.repeat(60), id, 'conmon.pid'), 'utf8'))
    await expect.poll(() => isAlive(pid)).toBe(false)
  },
)

test.skipIf(unable)('needs root, conmon, a runtime and busybox: commands in a running container', async () => {
  const container = await create(['sleep', '60'])
  await runtime.start(container.id)
  const start = (args: string[], attached: boolean) => {
    const sessionId = randomId()
    const session = path.join(container.bundle, sessionId)
    mkdirSync(path.join(session, 'exit'), { recursive: true })
    writeFileSync(path.join(session, 'process.json'), JSON.stringify(processOf(args, false)))
    const files = {
      pidFile: path.join(session, 'pid'),
      conmonPidFile: path.join(session, 'conmon.pid'),
      exitDir: path.join(session, 'exit'),
    }
    const rest = {
      ociLog: path.join(session, 'oci-log'),
      log: { driver: 'none' as const },
      exitCommand: ['/bin/true'],
      stdin: true,
      attach: attached,
    }
    return execSession({
      id: container.id,
      sessionId,
      runtime,
      bundle: session,
      processSpec: path.join(session, 'process.json'),
      ...files,
      ...rest,
    }).then((result) => ({ ...result, exited: () => waitForExit({ exitDir: files.exitDir, id: container.id }) }))
  }
  const session = await start(['sh', '-c', 'cat; echo bye >&2; exit 5'], true)
  const output = outputOf(session.attachment as Attachment)
  await session.attachment?.write(Buffer.from('typed'))
  session.attachment?.end()
  expect(await output).toEqual({ stdout: 'typed', stderr: 'bye\n' })
  expect(await session.exited()).toMatchObject({ code: 5 })
  expect(await (await start(['sh', '-c', 'exit 4'], false)).exited()).toMatchObject({ code: 4 })
  for (const attached of [true, false]) {
    await expect(start(['/nowhere'], attached)).rejects.toMatchObject({ code: 'CommandNotFound' })
    await expect(start(['/proc'], attached)).rejects.toMatchObject({ code: 'CommandNotExecutable' })
  }
})

test.skipIf(unable)('needs root, conmon, a runtime and busybox: a killed monitor is noticed', async () => {
  const container = await create(['sleep', '60'])
  await runtime.start(container.id)
  const exited = container.exited()
  process.kill(container.conmonPid, 'SIGKILL')
  await expect(exited).rejects.toMatchObject({ code: 'MonitorFailed' })
})

test.skipIf(unable)(
  'needs root, conmon, a runtime and busybox: an abort before the create leaves neither monitor nor container',
  async () => {
    const abort = new AbortController()
    abort.abort()
    await expect(create(['sleep', '60'], { signal: abort.signal })).rejects.toMatchObject({ code: 'Cancelled' })
    expect(await runtime.state(made.at(-1) as string)).toBeNull()
  },
)
