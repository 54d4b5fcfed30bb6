import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually, run } from '../support/processes.ts'

const { busybox } = inject('stage').images

// Docker compose v2: three services on two networks, of which one waits for another's health, with a volume and a published port.

const berth = berthAs('root')
let service: ApiService
let folder: string
let port: number

const compose = async (...args: string[]) => {
  const result = await run('docker', ['compose', '--ansi', 'never', '--progress', 'plain', ...args], {
    env: service.env,
    cwd: folder,
  })
  expect(result.code, `compose ${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
  return result.stdout.trim()
}

const project = () => `
services:
  db:
    image: ${busybox}
    command: sh -c 'echo database up; date > /data/ready; exec sleep 1000'
    volumes: ["data:/data"]
    networks: [back]
    healthcheck: {test: ["CMD", "test", "-f", "/data/ready"], interval: 1s, retries: 20}
  api:
    image: ${busybox}
    command: sh -c 'mkdir /w; echo hello > /w/index.html; exec httpd -f -p 80 -h /w'
    environment: {COLOUR: blue}
    depends_on: {db: {condition: service_healthy}}
    networks: {back: {}, front: {aliases: [backend]}}
    ports: ["127.0.0.1:${port}:80"]
  web:
    image: ${busybox}
    command: sh -c 'until wget -qO- http://backend/; do sleep 0.2; done; exec sleep 1000'
    depends_on: [api]
    networks: [front]
volumes: {data: {}}
networks: {front: {}, back: {internal: true}}
`

beforeAll(async () => {
  await pullImages(berth, busybox)
  service = await startApiService(berth, 'compose')
  folder = join(service.folder, 'shop')
  mkdirSync(folder)
  port = await freePort()
  writeFileSync(join(folder, 'compose.yaml'), project())
})
afterAll(async () => {
  await clear(berth)
  await service?.stop()
})

test('up, ps, logs, exec, run, scale, restart and down', async () => {
  await compose('up', '-d', '-t', '0')
  const rows = (await compose('ps', '--format', '{{.Service}} {{.State}} {{.Health}}')).split('\n').map((line) => line.trim())
  expect(rows.toSorted()).toEqual(['api running', 'db running healthy', 'web running'])
  await eventually('the answer by name', async () => (await compose('logs', 'web')).includes('hello'))
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello\n')
  expect(await compose('port', 'api', '80')).toBe(`127.0.0.1:${port}`)
  expect(await compose('exec', '-T', 'api', 'sh', '-c', 'echo $COLOUR')).toBe('blue')
  const before = await compose('ps', '-q')
  await compose('up', '-d', '-t', '0')
  // What has not changed stays.
  expect(await compose('ps', '-q')).toBe(before)
  expect(await compose('run', '--rm', '-T', '--no-deps', 'web', 'echo', 'once')).toBe('once')
  await compose('up', '-d', '-t', '0', '--scale', 'web=2')
  expect((await compose('ps', '-q', 'web')).split('\n')).toHaveLength(2)
  await compose('restart', '-t', '0', 'api')
  await compose('create', '--force-recreate', 'web')
  await compose('down', '-v', '-t', '0')
  expect(await berth('ps', '-aq')).toBe('')
  expect(await berth('volume', 'ls', '-q')).toBe('')
  expect((await berth('network', 'ls', '-q')).split('\n')).toHaveLength(1)
})
