import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { eventually, must, type RunOptions } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

// What is kept of containers in the database: of earlier versions, damaged, newer. docs/storage.md.

const { images, dist } = inject('stage')
const fixtures = join(import.meta.dirname, '../../engine/store/fixtures/stores')

describe.each(anyone)('records, as %s', (name) => {
  const berth = berthAs(name)

  beforeAll(() => pullImages(berth, images.busybox))
  afterEach(() => clear(berth, false))
  afterAll(() => clear(berth))

  /** Runs another program as the store's owner. */
  const own = (argv: string[], options: RunOptions = {}): Promise<string> => {
    const [program, ...args] = [...become(berth.user), ...argv]
    return must(program!, args, { env: environment(berth.user), cwd: berth.user.home, ...options })
  }
  const script = `const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1], { timeout: 10000 })
    database.exec('BEGIN IMMEDIATE;' + require('node:fs').readFileSync(0, 'utf8') + ';COMMIT')`
  const sql = (file: string, text: string) => own([join(dist, 'bin/node'), '-e', script, file], { input: text })
  const damage = (text: string) => sql(join(berth.store, 'state.db'), text)
  const runs = (container: string, ...options: string[]) =>
    berth('run', '-d', '--name', container, ...options, images.busybox, 'sleep', '600')
  const inspect = async (container: string) => (await berth.json('inspect', container))[0]

  test('a damaged state: the others are shown with a warning, and repair makes it again while the container runs', async () => {
    await berth('create', '--name', 'other', images.busybox, 'true')
    await runs('web', '--stop-timeout', '0')
    const before = await inspect('web')
    await damage(`UPDATE containers SET state = substr(state, 1, 40) WHERE name = 'web'`)

    const list = await berth.try(['ps', '-a', '--format', '{{.Names}}'])
    expect(list).toMatchObject({ code: 0, stdout: 'other\n' })
    expect(list.stderr.match(/level=warning/g)).toHaveLength(1)
    const sentence = `The record of container web (${before.Id.slice(0, 12)}) is damaged (its state is not JSON): run berth system check --repair.`
    expect(list.stderr).toContain(sentence)
    for (const args of [
      ['inspect', 'web'],
      ['stop', 'web'],
      ['rm', '-f', 'web'],
      ['exec', 'web', 'true'],
    ])
      expect(await berth.try(args)).toMatchObject({ code: 125, stderr: expect.stringContaining(sentence) })
    expect((await inspect('other')).Name).toBe('other')

    const found = await berth.try(['system', 'check', '--quick'])
    expect(found.code).toBe(125)
    expect(found.stdout).toContain(`Damaged record of container web (${before.Id.slice(0, 12)}):`)
    expect(await berth('system', 'check', '--quick', '--repair')).toContain('Repaired: The state of container web')
    const after = await inspect('web')
    for (const key of ['Status', 'Running', 'Pid', 'ConmonPid', 'CgroupPath']) expect(after.State[key]).toEqual(before.State[key])
    const addresses = ({ NetworkSettings: { IPAddress, Gateway, IPPrefixLen, SandboxKey } }: typeof before) => [
      IPAddress,
      Gateway,
      IPPrefixLen,
      SandboxKey,
    ]
    expect(addresses(after)).toEqual(addresses(before))
    await berth('exec', 'web', 'true')
    await berth('stop', 'web')
    await berth('start', 'web')
    expect((await inspect('web')).State.Running).toBe(true)
  })

  test('a state that was lost at the end of its container', async () => {
    await runs('web', '--stop-timeout', '0')
    const { State } = await inspect('web')
    await damage(`UPDATE containers SET state = '' WHERE name = 'web'`)
    process.kill(State.Pid, 'SIGKILL')
    await eventually('the end', () => !existsSync(`/proc/${State.ConmonPid}`))
    await berth('system', 'check', '--quick', '--repair')
    expect((await inspect('web')).State).toMatchObject({ Status: 'exited', ExitCode: 137 })
    await berth('start', 'web')
    expect((await inspect('web')).State.Running).toBe(true)
  })

  test('a damaged configuration: only force helps, and ends the container', async () => {
    // Which rules of a firewall belong to published ports stood in the configuration.
    await runs('web', '--network', 'none')
    const { Id, State } = await inspect('web')
    await damage(`UPDATE containers SET config = '{}' , version = 0 WHERE name = 'web'`)
    const refused = await berth.try(['system', 'check', '--quick', '--repair'])
    expect(refused).toMatchObject({ code: 125, stdout: expect.stringContaining('only --force helps') })
    process.kill(State.Pid, 0)
    expect(await berth('system', 'check', '--quick', '--force')).toContain(`Deleted damaged container: ${Id}`)
    expect(() => process.kill(State.Pid, 0)).toThrow('ESRCH')
    expect(await berth('ps', '-aq')).toBe('')
    expect(readdirSync(join(berth.store, 'containers'))).not.toContain(Id)
  })

  test('a record of a newer version is refused with what to do', async () => {
    await berth('create', '--name', 'web', images.busybox, 'true')
    await damage('UPDATE containers SET version = version + 1')
    for (const args of [
      ['inspect', 'web'],
      ['ps', '-a'],
      ['rm', 'web'],
      ['system', 'check', '--force'],
    ])
      expect(await berth.try(args)).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(/container web .* was written by a newer version of berth .*: upgrade berth/),
      })
    await damage('UPDATE containers SET version = version - 1')
    await berth('rm', 'web')
  })

  test.each(readdirSync(fixtures))('the store %s opens', async (fixture) => {
    const place = (await own(['mktemp', '-d', '/tmp/berth-old-XXXXXX'])).trim()
    try {
      await sql(join(place, 'state.db'), readFileSync(join(fixtures, fixture), 'utf8'))
      const old = ['--root', place, '--runroot', join(place, 'run')]
      const names = await berth(...old, 'ps', '-a', '--format', '{{.Names}}')
      expect(names.split('\n')).toEqual(expect.arrayContaining(['web', 'member']))
      const [web] = await berth.json(...old, 'inspect', 'web')
      expect(web.State).toMatchObject({ Status: 'exited', ExitCode: 3 })
      expect(web.Config.Labels).toMatchObject({ tier: 'front' })
      expect(await berth(...old, 'pod', 'ps', '--format', '{{.Name}}')).toBe('crew')
      expect(await berth(...old, 'rm', 'member')).toBe('member')
    } finally {
      // Nothing of it ever ran here, so that its files are all there is.
      await own(['rm', '-rf', place])
    }
  })
})
