import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { hasPodman, podmanMaker } from './run-options/engines.ts'

const stage = inject('stage')
const { images } = stage

/** A program whose memory counts, so that a restored one is told from a new one. */
const counter = ['sh', '-c', 'i=0; while :; do i=$((i + 1)); echo $i >/next; mv /next /count; sleep 0.05; done']

describe('checkpoints of root', () => {
  const berth = berthAs('root')
  const count = async (name: string) => Number((await berth.try(['exec', name, 'cat', '/count'])).stdout)
  const status = async (name: string) => (await berth.json('inspect', name))[0].State.Status

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test('stop in the middle, and go on from there', async () => {
    await berth('run', '-d', '--name', 'counter', images.busybox, ...counter)
    await eventually('a count of 20', async () => (await count('counter')) > 20)
    await berth('container', 'checkpoint', 'counter')
    expect(await status('counter')).toBe('exited')
    await berth('container', 'restore', 'counter')
    expect(await status('counter')).toBe('running')
    const after = await count('counter')
    expect(after).toBeGreaterThan(20)
    await eventually('it counts on', async () => (await count('counter')) > after)
  })

  test('--leave-running does', async () => {
    await berth('run', '-d', '--name', 'both', images.busybox, ...counter)
    await berth('container', 'checkpoint', '--leave-running', 'both')
    expect(await status('both')).toBe('running')
  })

  test('export, remove, import: the same program under another name, with the files of its volumes', async () => {
    const archive = join(stage.folder, 'checkpoint.tar.zst')
    const volumes = ['-v', 'kept:/data', '-v', '/own']
    await berth('run', '-d', '--name', 'traveller', ...volumes, images.busybox, ...counter)
    await berth('exec', 'traveller', 'sh', '-c', 'echo named >/data/file; echo own >/own/file')
    await eventually('a count of 20', async () => (await count('traveller')) > 20)
    await berth('container', 'checkpoint', '--export', archive, 'traveller')
    expect(statSync(archive).size).toBeGreaterThan(1000)
    expect(statSync(archive).mode & 0o077).toBe(0)
    await berth('rm', '-f', '-v', 'traveller')
    await berth('volume', 'rm', 'kept')
    await berth('container', 'restore', '--import', archive, '--name', 'arrived')
    expect(await status('arrived')).toBe('running')
    expect(await count('arrived')).toBeGreaterThan(20)
    expect(await berth('exec', 'arrived', 'cat', '/data/file', '/own/file')).toBe('named\nown')
    await berth('rm', '-f', '-v', '-t', '0', 'arrived')
    await berth('volume', 'rm', 'kept')
  })

  test('a checkpoint image makes a container that goes on from there, and the saved state stays in the store as well', async () => {
    await berth('run', '-d', '--name', 'source', '--network', 'none', images.busybox, ...counter)
    await eventually('a count of 20', async () => (await count('source')) > 20)
    expect(await berth('container', 'checkpoint', '--create-image', 'saved', 'source')).toBe('source')
    const [{ Annotations }] = await berth.json('image', 'inspect', 'saved')
    expect(Annotations).toMatchObject({
      'io.podman.annotations.checkpoint.name': 'source',
      'io.podman.annotations.checkpoint.rootfsImageName': images.busybox,
      'io.podman.annotations.checkpoint.criu.version': expect.stringMatching(/^\d{5,6}$/),
    })
    const id = await berth('container', 'restore', '--name', 'copy', 'saved')
    expect((await berth.json('inspect', 'copy'))[0].Id).toBe(id)
    expect(await count('copy')).toBeGreaterThan(20)
    await berth('container', 'restore', 'source')
    expect(await status('source')).toBe('running')
    const other = await berth.try(['container', 'restore', '--name', 'x', images.busybox])
    expect([other.code, other.stderr]).toEqual([125, expect.stringMatching(/^Error: image is not a checkpoint: [0-9a-f]{64}\n$/)])
    const none = await berth.try(['container', 'restore', 'nothing'])
    expect([none.code, none.stderr]).toEqual([125, 'Error: no such container or image: nothing\n'])
  })

  test('an archive that asks for something of the host says so, and gets it only when it is allowed', async () => {
    const archive = join(stage.folder, 'asks.tar.zst')
    const asks = ['--cap-add', 'NET_ADMIN', '-v', '/etc:/host:ro', '--security-opt', 'seccomp=unconfined']
    await berth('run', '-d', '--name', 'asks', '--network', 'none', ...asks, images.busybox, ...counter)
    await berth('container', 'checkpoint', '--export', archive, 'asks')
    await berth('rm', '-f', 'asks')
    const refused = await berth.try(['container', 'restore', '--import', archive])
    expect(refused.code).toBe(125)
    expect(refused.stderr.trim()).toBe(
      `Error: ${archive}: The checkpoint asks for the host's /etc, mounted; the capability CAP_NET_ADMIN; no seccomp filter: if you trust its creator, import it with --privileged.`,
    )
    expect(await berth('ps', '-aq')).toBe('')
    await berth('container', 'restore', '--import', archive, '--privileged')
    expect(await status('asks')).toBe('running')
    const misplaced = await berth.try(['container', 'restore', '--privileged', 'asks'])
    expect(misplaced.stderr).toMatch(/--privileged can only be used with image or --import/)
  })

  /** Podman's CRIU would lock the network with iptables, which this machine may not have; its configuration is in /etc. */
  const canAskPodman = hasPodman && process.env.BERTH_TEST_SANDBOX !== undefined

  test.skipIf(!canAskPodman)("an archive of podman's goes on here (needs podman and a sandbox)", async () => {
    mkdirSync('/etc/criu', { recursive: true })
    writeFileSync('/etc/criu/default.conf', 'network-lock nftables\n')
    const archive = join(stage.folder, 'podman.tar.gz')
    const podman = podmanMaker(berth, join(stage.folder, 'podman'))
    const ask = async (...args: string[]) => {
      const { code, stdout, stderr } = await podman.try(args)
      expect(code, `podman ${args.join(' ')}: ${stderr}`).toBe(0)
      return stdout.trim()
    }
    const limits = ['--memory', '100m', '--label', 'k=v', '--env', 'A=b', '--network', 'none', '--read-only=false']
    await ask('run', '-d', '--name', 'guest', '-v', 'carried:/data', ...limits, images.busybox, ...counter)
    await ask('exec', 'guest', 'sh', '-c', 'echo kept >/data/file; rm /etc/group; echo shared >/dev/shm/x')
    await eventually('a count of 20', async () => Number(await ask('exec', 'guest', 'cat', '/count')) > 20)
    await ask('container', 'checkpoint', '--export', archive, '--compress', 'gzip', 'guest')
    await ask('rm', '-f', '-t', '0', 'guest')
    await ask('volume', 'rm', 'carried')
    await berth('container', 'restore', '--import', archive, '--name', 'arrived')
    expect(await count('arrived')).toBeGreaterThan(20)
    expect(await berth('exec', 'arrived', 'cat', '/data/file', '/dev/shm/x')).toBe('kept\nshared')
    expect((await berth.try(['exec', 'arrived', 'ls', '/etc/group'])).code).not.toBe(0)
    const [{ Config, HostConfig }] = await berth.json('inspect', 'arrived')
    expect([Config.Labels, HostConfig.Memory, HostConfig.NetworkMode]).toEqual([{ k: 'v' }, 104857600, 'none'])
    expect(Config.Env).toContain('A=b')
    await berth('rm', '-f', '-v', '-t', '0', 'arrived')
    await berth('volume', 'rm', 'carried')
  })

  test('what cannot be restored is said', async () => {
    const id = await berth('create', '--name', 'never', images.busybox, 'true')
    const failed = await berth.try(['container', 'checkpoint', 'never'])
    expect(failed.code).toBe(125)
    expect(failed.stderr).toMatch(new RegExp(`never|${id}`))
    const archive = join(stage.folder, 'registries.conf')
    const nonsense = await berth.try(['container', 'restore', '--import', archive])
    expect(nonsense.code).toBe(125)
    expect(nonsense.stderr).toContain(archive)
    expect(await berth('ps', '-aq')).not.toBe('')
  })
})

describe('checkpoints of an ordinary user', () => {
  const berth = berthAs('alice')
  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test('are refused with a message, and the container runs on', async () => {
    await berth('run', '-d', '--name', 'steady', images.busybox, ...counter)
    const refused = await berth.try(['container', 'checkpoint', 'steady'])
    expect(refused.code).toBe(125)
    expect(refused.stderr).toMatch(/root/)
    expect((await berth.json('inspect', 'steady'))[0].State.Status).toBe('running')
    expect(existsSync(join(berth.run, 'steady'))).toBe(false)
  })
})
