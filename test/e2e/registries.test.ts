import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, type Berth, berthAs, clear } from '../support/berth.ts'
import { end, eventually, must, run } from '../support/processes.ts'

const stage = inject('stage')
const { images, secure } = stage
const trust = ['--cert-dir', join(secure.certificate, '..')]
const plain = stage.registry

describe.each(anyone)('registries as %s', (name) => {
  const berth = berthAs(name)
  const authFile = join(berth.user.runtime, 'containers/auth.json')
  const logIn = (password: string, ...more: string[]) =>
    berth.try(['login', ...trust, '-u', secure.name, '--password-stdin', ...more, secure.host], { input: `${password}\n` })
  afterEach(async () => {
    await berth.try(['logout', '--all'])
    await clear(berth)
  })
  afterAll(() => rmSync(authFile, { force: true }))

  test('a login is checked, kept for its owner alone, used by pulls, and forgotten', async () => {
    const wrong = await logIn('not it')
    expect(wrong).toMatchObject({ code: 125, stderr: `Error: logging into "${secure.host}": invalid username/password\n` })
    expect((await berth.try(['login', '--get-login', secure.host])).stderr).toBe(`Error: not logged into ${secure.host}\n`)
    expect(await logIn(secure.password, '-v')).toMatchObject({ code: 0, stdout: `Used:  ${authFile}\nLogin Succeeded!\n` })
    const found = statSync(authFile)
    expect([found.mode & 0o777, found.uid]).toEqual([0o600, berth.user.uid])
    expect(await berth('login', '--get-login', secure.host)).toBe(secure.name)
    expect(await berth('login', ...trust, secure.host)).toContain('Existing credentials are valid. Already logged in to')
    expect(await berth('pull', '-q', ...trust, secure.image)).toMatch(/^[0-9a-f]{64}$/)
    expect(await logIn('not it')).toMatchObject({ code: 125 })
    expect(await berth('login', '--get-login', secure.host)).toBe(secure.name)
    expect(await berth('logout', secure.host)).toBe(`Removed login credentials for ${secure.host}`)
    expect(await berth.try(['logout', secure.host])).toMatchObject({
      code: 125,
      stderr: `Error: not logged into ${secure.host}\n`,
    })
    expect((await berth.try(['pull', '-q', ...trust, secure.image])).code).toBe(125)
  })

  test('the login that is kept is offered, and Docker’s is left to docker', async () => {
    expect(await logIn(secure.password)).toMatchObject({ code: 0 })
    expect(await berth('login', '-v', ...trust, secure.host)).toBe(
      `Authenticating with existing credentials for ${secure.host}\nExisting credentials are valid. Already logged in to ${secure.host}`,
    )
    const offered = await berth.try(['login', ...trust, '-p', secure.password, secure.host], { input: '\n' })
    expect(offered).toMatchObject({ code: 0, stdout: `Username (${secure.name}): Login Succeeded!\n` })
    await berth('logout', secure.host)
    const broken = join(stage.folder, `broken-${name}.json`)
    writeFileSync(broken, '{')
    const unread = await berth.try(['login', '--get-login', '--authfile', broken, secure.host])
    expect(unread).toMatchObject({ code: 125, stderr: expect.stringContaining('is not JSON') })
    const home = join(stage.folder, `docker-home-${name}`)
    const auth = Buffer.from(`${secure.name}:${secure.password}`).toString('base64')
    mkdirSync(join(home, '.docker'), { recursive: true })
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: { [secure.host]: { auth } } }))
    chownSync(home, berth.user.uid, berth.user.gid)
    try {
      expect(await berth.try(['logout', secure.host], { env: { HOME: home } })).toEqual({
        code: 0,
        stdout: `Not logged into ${secure.host} with current tool. Existing credentials were established via docker login. Please use docker logout instead.\n`,
        stderr: '',
      })
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  test('eight logins at once lose none, and a password is typed unseen', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => `${secure.host}/team${i}`)
    const results = await Promise.all(
      keys.map((key) => berth.try(['login', ...trust, '-u', secure.name, '-p', secure.password, key])),
    )
    expect(results.map(({ code }) => code)).toEqual(keys.map(() => 0))
    expect(Object.keys(JSON.parse(readFileSync(authFile, 'utf8')).auths)).toEqual(keys)
    await berth('logout', '--all')
    const screen = await answering(berth, ['login', ...trust, '-u', secure.name, secure.host], 'Password: ', secure.password)
    expect(screen).toContain('Login Succeeded!')
    expect(screen).not.toContain(secure.password)
  })

  test('several images, all tags, digests, platforms', async () => {
    const several = await berth.try(['pull', '-q', images.busybox, `${plain}/not/there`, images.layers])
    expect(several.code).toBe(125)
    expect(several.stdout.trim().split('\n')).toHaveLength(2)
    expect(several.stderr).toContain('not/there')
    const [repository] = images.zstd.split(/:(?=[^/]*$)/)
    expect((await berth('pull', '-q', '--all-tags', repository!)).split('\n')).toHaveLength(1)
    const [{ Digest }] = await berth.json('image', 'inspect', images.busybox)
    await clear(berth)
    await berth('pull', '-q', `docker://${images.busybox.replace(/:[^/]*$/, '')}@${Digest}`)
    const [{ RepoDigests, Id }] = await berth.json('image', 'inspect', await berth('images', '-q'))
    expect(RepoDigests).toEqual([`${images.busybox.replace(/:[^/]*$/, '')}@${Digest}`])
    const other = await berth.try(['pull', '--platform', 'linux/s390x', images.busybox])
    expect(other.stderr).toContain('does not match the expected platform (linux/s390x)')
    expect(other.stdout.trim()).toBe(Id)
    // Of which somebody who wants no progress is told as well.
    const quiet = await berth.try(['pull', '-q', '--platform', 'linux/s390x', images.busybox])
    expect(quiet).toMatchObject({
      code: 0,
      stdout: `${Id}\n`,
      stderr: expect.stringMatching(/^time=.*level=warning.* does not match .*\n$/),
    })
  })

  describe('with several search registries', () => {
    const conf = join(stage.folder, `several-${name}.conf`)
    const cache = join(berth.user.runtime, 'aliases.conf')
    const env = { CONTAINERS_REGISTRIES_CONF: conf, CONTAINERS_SHORT_NAME_ALIASES_CONF: cache }
    beforeAll(() =>
      writeFileSync(
        conf,
        `unqualified-search-registries = ["127.0.0.1:1", "${plain}"]\nshort-name-mode = "enforcing"\n[[registry]]\nlocation = "${plain}"\ninsecure = true\n`,
      ),
    )
    afterAll(() => rmSync(cache, { force: true }))

    test('a short name is asked about at a terminal, remembered, and refused elsewhere', async () => {
      const refused = await berth.try(['pull', 'layers'], { env })
      expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('cannot prompt without a TTY') })
      const screen = await answering(berth, ['pull', 'layers'], 'Number', '2', env)
      expect(screen).toContain(`2: ${images.layers}`)
      expect(screen).toMatch(/[0-9a-f]{64}/)
      expect(readFileSync(cache, 'utf8')).toContain(`"layers" = "${plain}/layers"`)
      await clear(berth)
      const known = await berth.try(['pull', 'layers'], { env })
      expect(known).toMatchObject({ code: 0, stderr: expect.stringContaining(`Resolved "layers" as an alias (${cache})`) })
    })
  })
})

describe('registries, for every user', () => {
  const berth = berthAs('root')
  afterEach(() => clear(berth))

  test('search: by term, everything, tags, formats', async () => {
    expect((await berth('search', `${plain}/busy`)).split('\n').map((line) => line.trim())).toEqual([
      expect.stringMatching(/^NAME +DESCRIPTION$/),
      `${plain}/busybox`,
    ])
    expect((await berth('search', '--format', '{{.Name}}', 'zst')).split('\n')).toContain(`${plain}/zstd`)
    const all = await berth.json('search', '--format', 'json', `${plain}/`)
    expect(all.map((row: { Name: string }) => row.Name)).toContain(`${plain}/layers`)
    expect(await berth.json('search', '--list-tags', '--format', 'json', images.layers)).toEqual([
      { Name: images.layers.replace(/:[^/]*$/, ''), Tags: ['latest'] },
    ])
    expect(await berth.try(['search', '--filter', 'shape=round', `${plain}/x`])).toMatchObject({
      code: 125,
      stderr: 'Error: invalid filter type "shape=round"\n',
    })
    expect(await berth.try(['search', `${plain}/no-such-thing`])).toMatchObject({ code: 0, stdout: '' })
  })

  test('version 1 and blocked registries are refused with a message', async () => {
    const own = join(stage.folder, 'blocked.conf')
    const attempt = async (text: string) => {
      writeFileSync(own, text)
      return (await berth.try(['pull', images.busybox], { env: { CONTAINERS_REGISTRIES_CONF: own } })).stderr
    }
    expect(await attempt('[registries.search]\nregistries = ["docker.io"]\n')).toContain('version 1')
    expect(await attempt(`[[registry]]\nlocation = "${plain}"\nblocked = true\n`)).toContain('is blocked by')
  })

  test('what skopeo wrote is pulled from where it is', async () => {
    const folder = join(stage.folder, 'places')
    await must('mkdir', ['-p', folder])
    for (const place of [
      `oci:${folder}/layout:here`,
      `dir:${folder}/dir`,
      `oci-archive:${folder}/a.tar:there:1`,
      `docker-archive:${folder}/d.tar:kept:2`,
    ])
      await must('skopeo', ['copy', '-q', '--src-tls-verify=false', `docker://${images.layers}`, place])
    await must('chmod', ['-R', 'a+rX', folder])
    const id = await berth('pull', '-q', images.layers)
    await clear(berth)
    for (const place of [
      `oci:${folder}/layout:here`,
      `dir:${folder}/dir`,
      `oci-archive:${folder}/a.tar`,
      `docker-archive:${folder}/d.tar`,
    ])
      expect(await berth('pull', '-q', place)).toBe(id)
    const names = (await berth.json('images', '--format', 'json')).flatMap((row: { Names: string[] }) => row.Names)
    expect([...new Set<string>(names)].toSorted()).toEqual([
      'docker.io/library/here:latest',
      'docker.io/library/kept:2',
      'localhost/there:1',
    ])
    expect(await berth('run', '--rm', 'there:1', 'cat', '/data/kept')).toBe('kept')
  })
})

test('skopeo and podman take our logins, and we theirs', async () => {
  const berth = berthAs('root')
  const [ours, theirs] = [join(stage.folder, 'ours.json'), join(stage.folder, 'theirs.json')]
  await berth('login', ...trust, '--authfile', ours, '-u', secure.name, '-p', secure.password, secure.host)
  const inspect = await run('skopeo', ['inspect', '--authfile', ours, '--tls-verify=false', `docker://${secure.image}`])
  expect(inspect).toMatchObject({ code: 0 })
  await must('skopeo', [
    'login',
    '--authfile',
    theirs,
    '--tls-verify=false',
    '-u',
    secure.name,
    '-p',
    secure.password,
    secure.host,
  ])
  expect(await berth('login', '--authfile', theirs, '--get-login', secure.host)).toBe(secure.name)
  expect(readFileSync(ours, 'utf8')).toBe(readFileSync(theirs, 'utf8'))
  await berth('logout', '--authfile', theirs, secure.host)
  expect(JSON.parse(readFileSync(theirs, 'utf8'))).toEqual({ auths: {} })
})

/** What a terminal shows when someone answers a question there. */
async function answering(
  berth: Berth,
  args: string[],
  question: string,
  answer: string,
  more: Record<string, string> = {},
): Promise<string> {
  const { argv, env } = berth.command(...args)
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const child = spawn('script', ['-qec', quoted, '/dev/null'], { env: { ...env, ...more }, cwd: berth.user.home })
  let screen = ''
  let answered = false
  child.stdout.on('data', (data: Buffer) => {
    screen += data.toString()
    if (answered || !screen.includes(question)) return
    answered = true
    child.stdin.write(`${answer}\n`)
  })
  await eventually(`the end of ${args.join(' ')}`, () => child.exitCode !== null, 30_000).finally(() => end(child))
  expect(child.exitCode, screen).toBe(0)
  return screen
}
