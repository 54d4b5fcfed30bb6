import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { builtInSeccomp } from './built-in-seccomp.ts'
import type { OciSeccomp } from './oci.ts'
import { builtIn, defaultSeccompProfile, seccompFilter, translate } from './seccomp.ts'

const profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 38,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
  syscalls: [
    { names: ['read'], action: 'SCMP_ACT_ALLOW', args: [], includes: {}, excludes: {} },
    { names: ['mount'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYS_ADMIN'] } },
    { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, excludes: { caps: ['CAP_SYS_ADMIN'] } },
    { names: ['arch_prctl'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['amd64'] } },
    { names: ['s390_pci_mmio_read'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['s390x'] } },
  ],
}

const pc = { arch: 'x64', kernel: '6.12.3-amd64' }
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-seccomp-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('rules follow capabilities and the machine', () => {
  const plain = translate(profile, [], pc)
  expect(plain.architectures).toEqual(['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'])
  expect(plain.syscalls).toEqual([
    { names: ['read'], action: 'SCMP_ACT_ALLOW' },
    { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 },
    { names: ['arch_prctl'], action: 'SCMP_ACT_ALLOW' },
  ])
  expect(translate(profile, ['CAP_SYS_ADMIN'], pc).syscalls).toContainEqual({ names: ['mount'], action: 'SCMP_ACT_ALLOW' })
})

test('rules follow the kernel', () => {
  const rules = {
    defaultAction: 'SCMP_ACT_ERRNO',
    syscalls: [
      { names: ['ptrace'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' } },
      { names: ['ptrace'], action: 'SCMP_ACT_ERRNO', excludes: { minKernel: '4.8' } },
    ],
  }
  const actions = (kernel: string) => translate(rules, [], { arch: 'x64', kernel }).syscalls.map(({ action }) => action)
  expect(['4.7.10', '4.8.0-1', '4.19.0', '6.1.0', '3.10.0'].map(actions)).toEqual([
    ['SCMP_ACT_ERRNO'],
    ['SCMP_ACT_ALLOW'],
    ['SCMP_ACT_ALLOW'],
    ['SCMP_ACT_ALLOW'],
    ['SCMP_ACT_ERRNO'],
  ])
})

test('errors by name win over those by number', () => {
  const rule = { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }
  const errnoOf = (errno?: string) =>
    translate({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrno: 'ENOSYS', syscalls: [{ ...rule, errno }] }, [], pc)
  expect(errnoOf('EACCES').syscalls[0]?.errnoRet).toBe(13)
  expect(errnoOf('22').syscalls[0]?.errnoRet).toBe(22)
  expect(errnoOf().syscalls[0]?.errnoRet).toBe(1)
  expect(errnoOf().defaultErrnoRet).toBe(38)
})

test.each([
  ['minKernel', { syscalls: [{ names: ['a'], action: 'SCMP_ACT_ERRNO', includes: { minKernel: 'new' } }] }],
  ['EWHATEVER', { syscalls: [{ names: ['a'], action: 'SCMP_ACT_ERRNO', errno: 'EWHATEVER' }] }],
  ['name and names', { syscalls: [{ name: 'a', names: ['b'], action: 'SCMP_ACT_ERRNO' }] }],
  ['architectures and archMap', { architectures: ['SCMP_ARCH_X86'], archMap: profile.archMap }],
  ['defaultAction', { defaultAction: undefined }],
])('a profile whose %s cannot be understood is refused by name', async (words, part) => {
  const file = path.join(folder, 'profile.json')
  writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', ...part }))
  await expect(seccompFilter(file, [])).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: expect.stringContaining(words) as string,
    details: { file },
  })
})

test('a fifo in place of a profile is refused, and nobody waits for it', async () => {
  const fifo = path.join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  await expect(seccompFilter(fifo, [])).rejects.toMatchObject({ code: 'InvalidArgument' })
  await expect(seccompFilter('', [], [fifo])).rejects.toMatchObject({ code: 'InvalidArgument' })
})

test('without a profile on the host the built-in policy is used, and only unconfined is none', async () => {
  const missing = [path.join(folder, 'missing.json')]
  expect(await seccompFilter('unconfined', [])).toBeUndefined()
  const filter = await seccompFilter('', [], missing)
  expect(filter?.defaultAction).toBe('SCMP_ACT_ERRNO')
  expect(filter?.syscalls.flatMap(({ names }) => names)).toContain('openat')
  expect(defaultSeccompProfile('', missing)).toBe(builtIn)
  expect(defaultSeccompProfile('/mine.json', missing)).toBe('/mine.json')
})

test('a profile of the host is used where there is one', async () => {
  const file = path.join(folder, 'host.json')
  writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_LOG' }))
  const places = [path.join(folder, 'missing.json'), file]
  expect(defaultSeccompProfile('', places)).toBe(file)
  expect((await seccompFilter('', [], places))?.defaultAction).toBe('SCMP_ACT_LOG')
})

/** What a filter does with each system call: its rules in their order, each once, as a runtime hands them to libseccomp. */
function decisions({ defaultAction, defaultErrnoRet, architectures, syscalls }: OciSeccomp): Map<string, string> {
  const found = new Map<string, string[]>([['', [JSON.stringify({ defaultAction, defaultErrnoRet, architectures })]]])
  for (const { names, action, errnoRet, args } of syscalls)
    for (const name of names) {
      const conditions = (args ?? []).map(({ index, op, value, valueTwo }) => [index, op, value, valueTwo ?? 0])
      const rule = JSON.stringify({ action, errnoRet, conditions })
      const rules = found.get(name) ?? []
      if (!rules.includes(rule)) found.set(name, [...rules, rule])
    }
  return new Map([...found].map(([name, rules]) => [name, rules.join()]))
}

const installed = (() => {
  try {
    return JSON.parse(readFileSync('/usr/share/containers/seccomp.json', 'utf8')) as Parameters<typeof translate>[0]
  } catch {
    return undefined
  }
})()

const machines = [
  { arch: 'x64', go: 'amd64', seccomp: 'SCMP_ARCH_X86_64' },
  { arch: 'arm64', go: 'arm64', seccomp: 'SCMP_ARCH_AARCH64' },
  { arch: 'riscv64', go: 'riscv64', seccomp: 'SCMP_ARCH_RISCV64' },
  { arch: 's390x', go: 's390x', seccomp: 'SCMP_ARCH_S390X' },
  { arch: 'ppc64', go: 'ppc64le', seccomp: 'SCMP_ARCH_PPC64LE' },
]

test.runIf(installed)(
  "the built-in policy decides as containers-common's installed profile does (skipped without that package)",
  () => {
    const profile = installed as NonNullable<typeof installed>
    const conditions = profile.syscalls?.flatMap(({ includes, excludes }) => [
      ...(includes?.caps ?? []),
      ...(excludes?.caps ?? []),
    ])
    const capabilities = [...new Set(conditions)]
    expect(capabilities.length).toBeGreaterThan(10)
    // No condition names more than two: every pair that is there, and every one that alone is missing, decides all of them.
    const named = ({ includes, excludes }: NonNullable<(typeof profile)['syscalls']>[number]) =>
      (includes?.caps ?? []).length + (excludes?.caps ?? []).length
    expect(Math.max(...(profile.syscalls ?? []).map(named))).toBeLessThanOrEqual(2)
    const pairs = capabilities.flatMap((one, index) => capabilities.slice(index).map((other) => new Set([one, other])))
    const sets = [new Set<string>(), ...pairs].flatMap((set) => [
      capabilities.filter((each) => set.has(each)),
      capabilities.filter((each) => !set.has(each)),
    ])
    for (const [index, has] of sets.entries()) {
      // The machine and the capabilities never meet in one condition: all sets with one machine, some with every.
      for (const { arch, ...names } of index < 4 ? machines : machines.slice(0, 1)) {
        const theirs = decisions(translate(profile, has, { arch, kernel: '6.12.0' }))
        const ours = decisions(builtInSeccomp(has, names))
        for (const name of new Set([...theirs.keys(), ...ours.keys()]))
          if (ours.get(name) !== theirs.get(name))
            expect.fail(`${arch} ${has.join()} ${name}: ${ours.get(name)} and not ${theirs.get(name)}`)
      }
    }
  },
  60_000,
)
