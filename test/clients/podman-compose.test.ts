import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'
import { become } from '../support/users.ts'

const { dist, images } = inject('stage')

// podman-compose, which runs a program called podman: ours, under that name.

// Root's test store is chosen by flags, which nothing gives it here.
const name = anyone[0]!
const berth = berthAs(name)
const folder = join(berth.user.home, 'stall')
const project = `
services:
  api:
    image: ${images.busybox}
    command: sh -c 'mkdir /w; echo hello > /w/index.html; exec httpd -f -p 80 -h /w'
    environment: {COLOUR: blue}
  web:
    image: ${images.busybox}
    command: sh -c 'until wget -qO- http://api/; do sleep 0.2; done; exec sleep 1000'
    depends_on: [api]
    volumes: ["data:/data"]
volumes: {data: {}}
`

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  mkdirSync(join(folder, 'bin'), { recursive: true })
  symlinkSync(join(dist, 'bin/berth'), join(folder, 'bin/podman'))
  writeFileSync(join(folder, 'compose.yaml'), project)
  for (const path of [folder, join(folder, 'bin')]) chownSync(path, berth.user.uid, berth.user.gid)
})
afterAll(() => clear(berth))

const compose = async (...args: string[]) => {
  const [first, ...rest] = [...become(berth.user), 'podman-compose', ...args]
  const { env } = berth.command()
  const result = await run(first!, rest, { env: { ...env, PATH: `${join(folder, 'bin')}:${env['PATH']}` }, cwd: folder })
  expect(result.code, `podman-compose ${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
  return result.stdout.trim()
}

test.skipIf(name === 'root')('up, ps, exec, logs and down as an ordinary user', async () => {
  await compose('up', '-d')
  expect((await berth('ps', '--format', '{{.Names}} {{.State}}')).split('\n').toSorted()).toEqual([
    'stall_api_1 running',
    'stall_web_1 running',
  ])
  expect(await compose('ps', '-q')).toMatch(/^[0-9a-f]+\n[0-9a-f]+$/)
  expect(await compose('exec', '-T', 'api', 'sh', '-c', 'echo $COLOUR; wget -qO- http://web:81/ || wget -qO- http://api/')).toBe(
    'blue\nhello',
  )
  await compose('logs')
  await compose('down', '-v', '-t', '0')
  expect(await berth('ps', '-aq')).toBe('')
  expect(await berth('volume', 'ls', '-q')).toBe('')
})
