import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { listPackages } from '../../bridge/agent/packages.ts'
import { parseOsRelease } from '../../bridge/agent/os-release.ts'
import { loginShells } from '../../bridge/login/shells.ts'
import { readEnvironment, readLabels } from '../../engine/cli/spec/pairs.ts'
import { seccompFilter } from '../../engine/core/containers/spec/seccomp.ts'
import { signatureStores } from '../../engine/core/images/trust/signature-stores.ts'
import { checkRecord, recordFormats } from '../../engine/store/records/index.ts'
import { feed } from './feed.ts'
import { mutateBytes, mutateDocument } from './mutate.ts'
import { seed } from './random.ts'

const folder = mkdtempSync(join(tmpdir(), 'berth-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(`seccomp profiles, seed ${seed}`, async () => {
  const file = join(folder, 'seccomp.json')
  const profile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrno: 'ENOSYS',
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [
      {
        names: ['read', 'write'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 2, valueTwo: 3, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      {
        names: ['bpf'],
        action: 'SCMP_ACT_ALLOW',
        includes: { caps: ['CAP_BPF'], minKernel: '5.8' },
        excludes: { arches: ['s390'] },
      },
    ],
  }
  await feed(
    'seccomp profiles',
    { count: 1000 },
    (random) => mutateDocument(random, profile),
    async (bytes) => {
      writeFileSync(file, bytes)
      await seccompFilter(file, ['CAP_BPF'])
    },
  )
})

test(`files of variables and labels, seed ${seed}`, async () => {
  const file = join(folder, 'pairs')
  await feed(
    'files of variables and labels',
    { count: 1000 },
    (random) => mutateBytes(random, Buffer.from('# none\nA=b\nLANG\nLC_*\n__proto__=x\nconstructor=y\n =z\n')),
    async (bytes) => {
      writeFileSync(file, bytes)
      const environment = await readEnvironment([file], [], { LANG: 'C', LC_ALL: 'C' })
      for (const [name, value] of Object.entries(environment)) expect(name !== '' && typeof value === 'string').toBe(true)
      await readLabels([file], [])
    },
  )
})

test(`stores of signatures in registries.d, seed ${seed}`, async () => {
  const place = join(folder, 'registries.d')
  mkdirSync(place)
  const text =
    'default-docker:\n  lookaside: file:///a\ndocker:\n  quay.io/b:\n    lookaside: https://c.example\n    lookaside-staging: file:///d\n'
  await feed(
    'registries.d',
    { count: 500 },
    (random) => mutateBytes(random, Buffer.from(text)),
    async (bytes) => {
      writeFileSync(join(place, 'default.yaml'), bytes)
      await signatureStores({ registry: 'quay.io', repository: 'b/c', tag: 'd' }, place)
    },
  )
})

test(`manifests of packages, shells and the system's name, seed ${seed}`, async () => {
  const manifest = {
    name: 'a',
    version: '1',
    conditions: [{ 'path-exists': '/etc' }, { any: [{ 'path-not-exists': '/x' }] }],
    menu: {},
  }
  mkdirSync(join(folder, 'packages/a'), { recursive: true })
  await feed(
    'manifests of packages',
    { count: 1000 },
    (random) => mutateDocument(random, manifest),
    (bytes) => {
      writeFileSync(join(folder, 'packages/a/manifest.json'), bytes)
      for (const { name } of listPackages([join(folder, 'packages')])) expect(name).toMatch(/^[\w.-]+$/)
    },
  )
  await feed(
    'shells',
    { count: 500 },
    (random) => mutateBytes(random, Buffer.from('# shells\n/bin/sh\n /bin/bash\n\n')),
    (bytes) => {
      writeFileSync(join(folder, 'shells'), bytes)
      for (const shell of loginShells(join(folder, 'shells'))) expect(shell).toMatch(/^\//)
    },
  )
  await feed(
    'os-release',
    { count: 500 },
    (random) => mutateBytes(random, Buffer.from('ID=debian\nNAME="a \\"b\\""\nX=\'y\'\n')).toString(),
    parseOsRelease,
  )
})

test(`records of the database, seed ${seed}`, async () => {
  for (const format of recordFormats) {
    const row = { id: 'a'.repeat(64), name: 'x', version: 0 }
    await feed(
      `records of a ${format.noun}`,
      { count: 300 },
      (random) =>
        Object.fromEntries(
          format.columns.map((column) => [column, mutateDocument(random, { spec: {}, config: { a: [1] } }).toString()]),
        ),
      (columns) => checkRecord(format, { ...row, ...columns }),
    )
  }
})
