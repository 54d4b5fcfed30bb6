import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, type Berth, clear, everyone, pullImages } from '../support/berth.ts'
import { delegated } from '../support/cgroups.ts'
import { eventually } from '../support/processes.ts'

const { images } = inject('stage')

describe.each(everyone)('limits as %s', (name) => {
  const berth = berthAs(name)
  // Without a cgroup of their own (nobody delegated one) a user has no limits; that is tested in bad-input.
  const limited = berth.root || delegated(berth.user)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  test.skipIf(!limited)('memory, cpus and pids are in its cgroup (needs a delegated cgroup)', async () => {
    await berth(
      'run',
      '-d',
      '--name',
      'small',
      '--memory',
      '64m',
      '--cpus',
      '0.5',
      '--pids-limit',
      '50',
      images.busybox,
      'sleep',
      '1000',
    )
    const limits = await limitsOf(berth, 'small')
    expect(limits).toEqual({ memory: 64 * 1024 * 1024, cpus: 0.5, pids: 50 })
    const [{ HostConfig }] = await berth.json('inspect', 'small')
    expect(HostConfig).toMatchObject({ Memory: 64 * 1024 * 1024, NanoCpus: 500_000_000, PidsLimit: 50 })
  })

  test.skipIf(!limited)('who takes more memory is ended, and that is said (needs a delegated cgroup)', async () => {
    await berth(
      'run',
      '--name',
      'hungry',
      '-d',
      '--memory',
      '16m',
      '--memory-swap',
      '16m',
      images.busybox,
      'sh',
      '-c',
      'dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 0.2',
    )
    await berth('wait', 'hungry')
    expect((await berth.json('inspect', 'hungry'))[0].State.OOMKilled).toBe(true)
  })

  test.skipIf(!limited)('pause stops its clock, unpause lets it go on (needs a delegated cgroup)', async () => {
    await berth('run', '-d', '--name', 'clock', images.busybox, 'sh', '-c', 'while :; do date +%s%N >/now; sleep 0.02; done')
    await berth('pause', 'clock')
    expect((await berth.json('inspect', 'clock'))[0].State.Status).toBe('paused')
    const failed = await berth.try(['exec', 'clock', 'true'])
    expect(failed.code).not.toBe(0)
    await berth('unpause', 'clock')
    expect(await berth('exec', 'clock', 'echo', 'on')).toBe('on')
    expect((await berth.try(['unpause', 'clock'])).code).toBe(125)
  })

  test.skipIf(!limited)('stats counts what it uses (needs a delegated cgroup)', async () => {
    await berth('run', '-d', '--name', 'spinner', '--memory', '64m', images.busybox, 'sh', '-c', 'while :; do :; done')
    const sample = await eventually('a share of a core', async () => {
      const [each] = await berth.json('stats', '--no-stream', '--format', 'json', 'spinner')
      return Number.parseFloat(each.cpu_percent) > 2 && each
    })
    expect(sample.mem_usage).toMatch(/\/ (67\.11MB|64MiB)/)
  })
})

/** A running container's limits, from the kernel's files. */
async function limitsOf(berth: Berth, container: string): Promise<{ memory: number; cpus: number; pids: number }> {
  const pid = (await berth.json('inspect', container))[0].State.Pid as number
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':') as [string, string, string])
  const find = (controller: string) => lines.find(([, names]) => names.split(',').includes(controller))
  const memory = find('memory')
  if (memory) {
    const folder = (controller: string) => join('/sys/fs/cgroup', controller, find(controller)![2])
    const read = (controller: string, file: string) => Number(readFileSync(join(folder(controller), file), 'utf8'))
    return {
      memory: read('memory', 'memory.limit_in_bytes'),
      cpus: read('cpu', 'cpu.cfs_quota_us') / read('cpu', 'cpu.cfs_period_us'),
      pids: read('pids', 'pids.max'),
    }
  }
  let path = join('/sys/fs/cgroup', lines[0]![2])
  if (!existsSync(join(path, 'memory.max'))) path = join(path, '..')
  const [quota, period] = readFileSync(join(path, 'cpu.max'), 'utf8').trim().split(' ').map(Number)
  return {
    memory: Number(readFileSync(join(path, 'memory.max'), 'utf8')),
    cpus: quota! / period!,
    pids: Number(readFileSync(join(path, 'pids.max'), 'utf8')),
  }
}
