import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { berthAs, clear, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'

const { images } = inject('stage')

// Ansible's modules for podman, with our program, and for Docker, with our service. What is as described is not changed again.

const berth = berthAs('root')
let service: ApiService
let bin: string

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  service = await startApiService(berth, 'ansible')
  bin = join(service.folder, 'bin')
  mkdirSync(bin)
  // The flags that choose this test's store.
  const { argv } = berth.command()
  writeFileSync(join(bin, 'berth'), `#!/bin/sh\nexec ${argv.join(' ')} "$@"\n`, { mode: 0o755 })
})
afterAll(async () => {
  await clear(berth)
  for (const name of ['an', 'dn']) await berth.try(['network', 'rm', '-f', name])
  for (const name of ['av', 'dv']) await berth.try(['volume', 'rm', '-f', name])
  await berth.try(['secret', 'rm', 'as'])
  await service?.stop()
})

async function play(name: string): Promise<{ changed: number; text: string }> {
  const { env } = berth.command()
  const result = await run(
    'ansible-playbook',
    ['-i', 'localhost,', '--diff', '-e', `image=${images.busybox}`, join(import.meta.dirname, 'ansible', `${name}.yaml`)],
    {
      env: {
        ...env,
        ...service.env,
        PATH: `${bin}:${env['PATH']}`,
        ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
        ANSIBLE_HOME: join(service.folder, 'ansible'),
        ANSIBLE_NOCOLOR: '1',
      },
      cwd: service.folder,
    },
  )
  expect(result.code, result.stdout + result.stderr).toBe(0)
  return { changed: Number(/changed=(\d+)/.exec(result.stdout)?.[1]), text: result.stdout }
}

test.each([
  ['podman', 5],
  ['docker', 3],
])('%s: the first run makes %i things, the second changes nothing', async (name, made) => {
  expect((await play(name)).changed).toBe(made)
  const { changed, text } = await play(name)
  expect(changed, text).toBe(0)
})
