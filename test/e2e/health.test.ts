import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { busyboxFiles, packLayer } from '../support/images.ts'
import { eventually, must, slowness } from '../support/processes.ts'
import { pids } from '../support/users.ts'

// A container's health is checked while it runs, by a small process of its own or by systemd, and what was chosen for a failure is done.

const stage = inject('stage')
const { busybox } = stage.images

describe.each(anyone)('health checks as %s', (name) => {
  const berth = berthAs(name)
  const folder = join(stage.folder, `health-${name}`)

  beforeAll(async () => {
    mkdirSync(folder, { mode: 0o777 })
    await must('chown', [`${berth.user.uid}`, folder])
    await pullImages(berth, busybox)
  })
  afterEach(() => clear(berth, false))
  afterAll(async () => {
    await clear(berth)
    rmSync(folder, { recursive: true, force: true })
  })

  const begin = (container: string, ...flags: string[]) =>
    berth('run', '-d', '--name', container, '--network', 'none', ...flags, busybox, 'sleep', '1000')
  const look = async (container: string) => (await berth.json('inspect', container))[0]
  const health = async (container: string) => (await look(container)).State.Health
  const timers = () => pids().filter((pid) => commandOf(pid).includes('berth-health'))
  const fast = ['--health-interval', '200ms', '--health-retries', '2']

  test('one turns unhealthy and healthy again, which is waited for, listed, inspected and told', async () => {
    await begin('web', '--health-cmd', 'cat /ok', ...fast)
    const shown = () => berth('ps', '--format', '{{.Status}}')
    await berth('wait', '--condition', 'unhealthy', 'web')
    expect(await shown()).toMatch(/^Up .* \(unhealthy\)$/)
    expect(await berth('ps', '-q', '--filter', 'health=healthy')).toBe('')
    const sick = await health('web')
    expect(sick).toMatchObject({ Status: 'unhealthy', FailingStreak: expect.any(Number) })
    expect(sick.FailingStreak).toBeGreaterThanOrEqual(2)
    expect(sick.Log.at(-1)).toMatchObject({ ExitCode: 1, Output: expect.stringContaining('/ok') })
    expect(await berth.try(['healthcheck', 'run', 'web'])).toMatchObject({ code: 1, stdout: 'unhealthy\n' })

    await berth('exec', 'web', 'touch', '/ok')
    await berth('wait', '--condition', 'healthy', 'web')
    expect(await shown()).toMatch(/^Up .* \(healthy\)$/)
    expect(await berth('ps', '-q', '--no-trunc', '--filter', 'health=healthy')).toBe((await look('web')).Id)
    expect(await berth.try(['healthcheck', 'run', 'web'])).toMatchObject({ code: 0, stdout: '' })
    expect(await health('web')).toMatchObject({ Status: 'healthy', FailingStreak: 0, Log: expect.any(Array) })
    const events = await berth('events', '--stream=false', '--filter', 'event=health_status', '--format', '{{.HealthStatus}}')
    expect(events.split('\n')).toEqual(expect.arrayContaining(['unhealthy', 'healthy']))

    // Nothing changes any more, and nothing is written to the database.
    const database = () =>
      createHash('sha256')
        .update(readFileSync(join(berth.store, 'state.db')))
        .digest('hex')
    await settled(async () => database())
    const [before, { End }] = [database(), (await health('web')).Log.at(-1)]
    await eventually('three more checks', async () => {
      const { Log } = await health('web')
      return Log.filter((each: { End: string }) => each.End > End).length >= 3
    })
    expect(database()).toBe(before)

    // What is frozen is not checked.
    await berth('pause', 'web')
    expect(await berth.try(['healthcheck', 'run', 'web'])).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/not running/),
    })
    await settled(async () => JSON.stringify((await health('web')).Log))
    await berth('unpause', 'web')
    const last = (await health('web')).Log.at(-1).End
    await eventually('a check', async () => (await health('web')).Log.at(-1).End > last)

    await berth('stop', '-t', '0', 'web')
    await eventually('the end of the timer', () => timers().length === 0)
    expect(await berth('ps', '-a', '--format', '{{.Status}}')).toMatch(/^Exited \(137\) [^()]*$/)
    expect(await berth.try(['healthcheck', 'run', 'web'])).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/not running/),
    })
    await berth('start', 'web')
    expect((await health('web')).Status).toMatch(/starting|healthy/)
    await berth('wait', '--condition', 'healthy', 'web')
  })

  test('what was chosen for a failure is done, once each run', async () => {
    const failing = ['--health-cmd', 'false', ...fast]
    await Promise.all([
      begin('killed', ...failing, '--health-on-failure', 'kill'),
      begin('stopped', ...failing, '--health-on-failure', 'stop', '--stop-timeout', '0'),
      begin('restarted', ...failing, '--health-on-failure', 'restart', '--stop-timeout', '0'),
      begin(
        'startup',
        '--health-cmd',
        'true',
        '--health-startup-cmd',
        'false',
        '--health-startup-interval',
        '200ms',
        '--health-startup-retries',
        '2',
        '--stop-timeout',
        '0',
      ),
    ])
    expect(await berth('wait', 'killed', 'stopped')).toBe('137\n137')
    for (const each of ['restarted', 'startup']) {
      const { StartedAt } = (await look(each)).State
      const again = await eventually('a restart', async () => {
        const { State } = await look(each)
        return State.StartedAt > StartedAt && State.Running && State
      })
      expect(again.Health.Status).toMatch(/starting|unhealthy/)
    }
    expect(await berth('ps', '--format', '{{.Names}}')).not.toMatch(/killed|stopped/)
    await clear(berth, false)
    // A check whose container is killed under it may last for its own timeout, 30 seconds.
    await eventually('the end of the timers', () => timers().length === 0, 45_000)
  })

  test('the check of the start-up is followed by the regular one', async () => {
    await begin(
      'slow',
      '--health-cmd',
      'touch /regular',
      ...fast,
      '--health-startup-cmd',
      'touch /first && cat /up',
      '--health-startup-interval',
      '200ms',
      '--health-startup-success',
      '2',
    )
    await eventually('a first check', async () => (await berth.try(['exec', 'slow', 'ls', '/first'])).code === 0)
    expect((await health('slow')).Status).toBe('starting')
    expect((await berth.try(['exec', 'slow', 'ls', '/regular'])).code).not.toBe(0)
    await berth('exec', 'slow', 'touch', '/up')
    await berth('wait', '--condition', 'healthy', 'slow')
    await eventually('a regular check', async () => (await berth.try(['exec', 'slow', 'ls', '/regular'])).code === 0)
    expect(timers()).toHaveLength(timers().length > 0 ? 1 : 0)
  })

  test('a check that takes too long ends with its processes; without an interval nothing is checked by itself', async () => {
    const flags = ['--health-timeout', '1s', '--health-interval', 'disable', '--health-log-destination', folder]
    await begin('hangs', '--health-cmd', 'setsid sleep 777 & sleep 777', ...flags, '--health-max-log-count', '1')
    expect(timers()).toEqual([])
    expect((await health('hangs')).Log).toBe(null)
    for (const _ of [1, 2]) expect((await berth.try(['healthcheck', 'run', 'hangs'])).code).toBe(1)
    expect((await health('hangs')).Log).toEqual([
      expect.objectContaining({ ExitCode: -1, Output: expect.stringMatching(/exceeded timeout of 1s/) }),
    ])
    expect(await berth('top', 'hangs', 'args')).not.toMatch(/777/)
    const { Id } = await look('hangs')
    expect(JSON.parse(readFileSync(join(folder, `${Id}-healthcheck.log`), 'utf8'))).toMatchObject({ Status: 'starting' })
    await berth('rm', '-f', '-t', '0', 'hangs')
    expect(existsSync(join(folder, `${Id}-healthcheck.log`))).toBe(false)
  })

  test("an image's HEALTHCHECK is inherited, changed and turned off", async () => {
    const tag = await imageWithHealthcheck()
    await berth('run', '-d', '--name', 'of-image', '--network', 'none', tag, 'sleep', '1000')
    await berth('wait', '--condition', 'healthy', 'of-image')
    await berth('create', '--name', 'other', '--health-retries', '9', tag)
    await berth('run', '-d', '--name', 'off', '--network', 'none', '--no-healthcheck', tag, 'sleep', '1000')
    const settings = async (container: string) => (await look(container)).Config.Healthcheck
    expect(await settings('of-image')).toMatchObject({ Test: ['CMD', 'true'], Interval: 1e9, Timeout: 30e9, Retries: 3 })
    expect(await settings('other')).toMatchObject({ Test: ['CMD', 'true'], Interval: 1e9, Retries: 9 })
    expect(await settings('off')).toMatchObject({ Test: ['NONE'] })
    expect(await berth.try(['healthcheck', 'run', 'off'])).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/has no defined healthcheck/),
    })
  })

  async function imageWithHealthcheck(): Promise<string> {
    const layer = await packLayer(busyboxFiles(), stage.folder)
    const place = join(folder, 'archive')
    const digest = createHash('sha256').update(layer).digest('hex')
    mkdirSync(place)
    writeFileSync(join(place, 'layer.tar'), layer)
    const config = {
      architecture: { x64: 'amd64' }[process.arch as string] ?? process.arch,
      os: 'linux',
      config: { Cmd: ['sh'], Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      history: [{ created_by: 'test' }],
    }
    writeFileSync(join(place, 'config.json'), JSON.stringify(config))
    const tag = 'localhost/checked:latest'
    writeFileSync(
      join(place, 'manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]),
    )
    await must('tar', ['-C', place, '-cf', `${place}.tar`, 'manifest.json', 'config.json', 'layer.tar'])
    await berth('load', '-q', '-i', `${place}.tar`)
    return tag
  }
})

/** Waits until `value` stays as it is for a while. */
async function settled(value: () => Promise<string>): Promise<void> {
  let last = await value()
  let since = Date.now()
  await eventually('no change', async () => {
    const now = await value()
    if (now !== last) since = Date.now()
    last = now
    return Date.now() - since > 700 * slowness
  })
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}
