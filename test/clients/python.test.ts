import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiService, startApiService } from '../support/api-service.ts'
import { anyone, berthAs, clear, pullImages } from '../support/berth.ts'
import { run } from '../support/processes.ts'
import { become } from '../support/users.ts'

const { busybox } = inject('stage').images

// Python's clients, as Debian has them: each runs a program of ours that says what it expects.

const berth = berthAs(anyone[0]!)
let service: ApiService

beforeAll(async () => {
  await pullImages(berth, busybox)
  service = await startApiService(berth, 'python')
})
afterAll(async () => {
  await clear(berth)
  await service?.stop()
})

test.each([
  ['docker-py', 'with_docker.py', () => []],
  ['podman-py', 'with_podman.py', () => [service.socket]],
])('%s', async (_name, program, addresses) => {
  // The clone may be closed to ordinary users.
  const place = join(service.folder, program)
  copyFileSync(join(import.meta.dirname, 'python', program), place)
  const [first, ...rest] = [...become(berth.user), '/usr/bin/python3', place, ...addresses(), busybox]
  const result = await run(first!, rest, { env: service.env, cwd: service.folder })
  expect(result, `${result.stderr}${service.log()}`).toMatchObject({ code: 0, stdout: 'done\n' })
})
