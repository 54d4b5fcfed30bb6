import type { ChildProcess } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { end, eventually, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const { images } = inject('stage')

describe.each(everyone)('the API service as %s', (name) => {
  const berth = berthAs(name)
  const socket = join(berth.root ? inject('stage').folder : berth.user.runtime, 'api.sock')
  const url = `unix://${socket}`
  let service: ChildProcess

  beforeAll(async () => {
    await pullImages(berth, images.busybox)
    service = berth.start('system', 'service', '--time', '0', url)
    service.stderr!.on('data', () => {})
    await eventually('the socket', () => existsSync(socket), 20_000)
  })
  afterAll(async () => {
    await clear(berth)
    await end(service)
  })

  /** curl as the same user; the last line is the status. */
  async function curl(path: string, ...args: string[]): Promise<{ status: number; body: string }> {
    const [program, ...rest] = [
      ...become(berth.user),
      'curl',
      '-sS',
      '--unix-socket',
      socket,
      '-w',
      '\n%{http_code}',
      ...args,
      `http://d${path}`,
    ]
    const { stdout, stderr } = await run(program!, rest, { env: environment(berth.user) })
    const cut = stdout.lastIndexOf('\n')
    if (cut < 0) throw new Error(`curl ${path}: ${stderr}`)
    return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) }
  }

  test('the socket is for its owner alone', () => {
    expect(statSync(socket).mode & 0o077).toBe(0)
    expect(statSync(socket).uid).toBe(berth.user.uid)
  })

  test('ping, version and info at any version prefix', async () => {
    expect(await curl('/_ping')).toEqual({ status: 200, body: 'OK' })
    expect(await curl('/v5.0.0/libpod/_ping')).toEqual({ status: 200, body: 'OK' })
    for (const prefix of ['/v1.12', '/v3.4.0', '/v5.4.2', '']) {
      const { status, body } = await curl(`${prefix}/libpod/info`)
      expect(status).toBe(200)
      expect(JSON.parse(body).host.cgroupVersion).toMatch(/^v[12]$/)
    }
  })

  test('create, start, list, inspect, stop and remove by REST', async () => {
    const body = JSON.stringify({ image: images.busybox, name: 'rest', command: ['sleep', '1000'], env: { COLOUR: 'blue' } })
    const created = await curl(
      '/v5.0.0/libpod/containers/create',
      '-X',
      'POST',
      '-H',
      'content-type: application/json',
      '-d',
      body,
    )
    expect(created.status).toBe(201)
    expect(JSON.parse(created.body).Id).toMatch(/^[0-9a-f]{64}$/)
    expect((await curl('/v5.0.0/libpod/containers/rest/start', '-X', 'POST')).status).toBe(204)
    expect((await curl('/v5.0.0/libpod/containers/rest/start', '-X', 'POST')).status).toBe(304)
    const list = JSON.parse((await curl('/v5.0.0/libpod/containers/json')).body)
    expect(list).toHaveLength(1)
    expect(list[0]).toMatchObject({ Names: ['rest'], State: 'running' })
    const details = JSON.parse((await curl('/v5.0.0/libpod/containers/rest/json')).body)
    expect(details.Config.Env).toContain('COLOUR=blue')
    expect((await curl('/v5.0.0/libpod/containers/rest/stop?timeout=0', '-X', 'POST')).status).toBe(204)
    expect((await curl('/v5.0.0/libpod/containers/rest?force=true', '-X', 'DELETE')).status).toBe(200)
  })

  test('failures have their status and say what they are about', async () => {
    for (const [status, method, path, data] of [
      [404, 'GET', '/v5.0.0/libpod/containers/nobody/json', undefined],
      [400, 'POST', '/v5.0.0/libpod/containers/create', '{"image": 7}'],
      [500, 'POST', '/v5.0.0/libpod/containers/create', 'not json'],
      [404, 'POST', '/v5.0.0/libpod/containers/create', '{"image": "localhost/never-heard-of"}'],
      [404, 'DELETE', '/v5.0.0/libpod/images/nothing', undefined],
      [400, 'GET', '/v5.0.0/libpod/containers/nobody/logs', undefined],
      [501, 'POST', '/v5.0.0/libpod/build', undefined],
      [503, 'GET', '/v1.41/swarm', undefined],
    ] as const) {
      const answer = await curl(
        path,
        '-X',
        method,
        ...(data === undefined ? [] : ['-H', 'content-type: application/json', '-d', data]),
      )
      const body = JSON.parse(answer.body)
      expect({ path, status: answer.status }).toEqual({ path, status })
      expect(body).toMatchObject({ message: expect.any(String), cause: expect.any(String), response: status })
    }
    expect(await curl('/v5.0.0/libpod/no/such/path')).toMatchObject({ status: 404, body: 'Not Found\n' })
  })

  test('berth --url is the same berth', async () => {
    const there = (...args: string[]) => berth('--url', url, ...args)
    expect(await there('run', '--rm', images.busybox, 'echo', 'from afar')).toBe('from afar')
    await there('run', '-d', '--name', 'far', images.busybox, 'sh', '-c', 'echo one; sleep 1000')
    expect(await there('ps', '--format', '{{.Names}}')).toBe('far')
    expect(await berth('ps', '--format', '{{.Names}}')).toBe('far')
    expect(await there('exec', 'far', 'echo', 'inside')).toBe('inside')
    expect((await berth.try(['--url', url, 'exec', 'far', 'sh', '-c', 'exit 6'])).code).toBe(6)
    expect(await there('logs', 'far')).toBe('one')
    const missing = await berth.try(['--url', url, 'inspect', 'nobody'])
    expect(missing.code).toBe(125)
    expect(missing.stderr).toContain('nobody')
    await there('rm', '-f', '-t', '0', 'far')
    expect(await berth('ps', '-aq')).toBe('')
  })

  test('secrets and failures of images elsewhere go through berth --url as well', async () => {
    const copied = join(socket, '../copied')
    try {
      // The registry asks for no token, and takes any.
      const copy = ['--src-tls-verify=false', '--src-registry-token', 'a.token-of_one']
      await berth('--url', url, 'image', 'copy', '-q', ...copy, `docker://${images.busybox}`, `dir:${copied}`)
      expect(existsSync(join(copied, 'manifest.json'))).toBe(true)
    } finally {
      rmSync(copied, { recursive: true, force: true })
    }
    const shown = await berth.try(['--url', url, 'image', 'trust', 'show', '--policypath', '/nowhere/policy.json'])
    expect(shown.code).toBe(125)
    expect(shown.stderr).toContain('There is no signature policy /nowhere/policy.json')
  })

  test("Docker's paths are served below any version, and refuse what they do not know in Docker's form", async () => {
    expect(JSON.parse((await curl('/version')).body)).toMatchObject({ ApiVersion: expect.any(String) })
    const [image] = JSON.parse((await curl('/v1.41/images/json')).body)
    expect(image).toMatchObject({ RepoTags: [images.busybox], Id: expect.stringMatching(/^sha256:/) })
    expect(await curl('/v1.24/images/nothing/json')).toMatchObject({
      status: 404,
      body: expect.stringMatching(/"message":"No such image: nothing","response":404\}/),
    })
    expect((await curl('/images/json?all=1&filters=x')).status).toBe(500)
    expect((await curl('/images/json', '-X', 'PUT')).status).toBe(405)
    expect((await curl('/images/create', '-X', 'POST')).body).toContain('fromImage or fromSrc')
  })

  test('the API describes itself, to programs and to people', async () => {
    for (const path of ['/openapi.json', '/v5.4.2/libpod/swagger'])
      expect(JSON.parse((await curl(path)).body)).toMatchObject({ openapi: '3.1.0', paths: { '/libpod/info': {} } })
    const page = await curl('/openapi.html', '-i')
    expect(page.body).toMatch(/content-security-policy: default-src 'none'/i)
    expect(page.body).toContain('<code>/libpod/containers/{name}/json</code>')
  })

  test('null is what was not given', async () => {
    const body = { image: images.busybox, name: 'nulls', terminal: null, hostname: null, work_dir: null, command: ['true'] }
    const post = (path: string, sent: object) => curl(path, '-X', 'POST', '-d', JSON.stringify(sent))
    expect((await post('/v5.0.0/libpod/containers/create', body)).status).toBe(201)
    expect((await curl('/v5.0.0/libpod/containers/nulls?force=true', '-X', 'DELETE')).status).toBe(200)
  })
})
