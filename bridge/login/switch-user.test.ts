import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { difference } from './switch-user.ts'

const root = process.getuid?.() === 0
const wanted = { uid: 4242, gid: 4243, groups: [4243, 7] }
const status = (more: Record<string, string> = {}): string => {
  const fields: Record<string, string> = {
    Name: 'x',
    Uid: '4242\t4242\t4242\t4242',
    Gid: '4243\t4243\t4243\t4243',
    Groups: '7 4243 ',
    CapEff: '0000000000000000',
    ...more,
  }
  return Object.entries(fields)
    .map(([key, value]) => `${key}:\t${value}\n`)
    .join('')
}

test('a process is the user only if everything of it is', () => {
  expect(difference(status(), wanted, ['CapEff'])).toBeUndefined()
  for (const [field, value] of [
    ['Uid', '4242\t4242\t0\t4242'],
    ['Uid', '0\t4242\t4242\t4242'],
    ['Gid', '4243\t4243\t0\t4243'],
    ['Groups', '7 4243 0'],
    ['Groups', '4243'],
    ['CapEff', '0000000000000001'],
  ] as const)
    expect(difference(status({ [field]: value }), wanted, ['CapEff'])).toContain('it')
})

/** Runs a program by way of one that calls `switchUser`, as root hands it over. */
function become(handover: unknown) {
  const script = `import { switchUser } from '${join(import.meta.dirname, 'switch-user.ts')}'\nswitchUser(process.argv.slice(1))`
  const words = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, '--']
  return spawnSync(
    process.execPath,
    [...words, '/bin/sh', '-c', 'grep -E "^(Uid|Gid|Groups|Cap|NoNew)" /proc/self/status; env'],
    {
      env: { LOGIN_HANDOVER: JSON.stringify(handover), SECRET: 'of root' },
      encoding: 'utf8',
    },
  )
}

test.skipIf(!root)('[needs root] a process becomes exactly the user, with the environment it was given', () => {
  const { stdout, stderr } = become({ uid: 4242, gid: 4243, groups: [4243, 7], environment: { A: 'b' }, noNewPrivileges: true })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Uid:\t4242\t4242\t4242\t4242\nGid:\t4243\t4243\t4243\t4243\nGroups:\t7 4243 \n/)
  expect([...stdout.matchAll(/^Cap(\w+):\t(\w+)$/gm)].map(([, name, set]) => `${name} ${Number(`0x${set}`)}`)).toEqual(
    ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((name) => `${name} 0`),
  )
  expect(stdout).toContain('NoNewPrivs:\t1\n')
  expect(stdout).toContain('\nA=b\n')
  expect(stdout).not.toMatch(/SECRET|HANDOVER/)
})

test.skipIf(!root).each([
  ['nobody', undefined],
  ['(uid_t) -1, which would stay root', { uid: 0xffff_ffff, gid: 1, groups: [], environment: {} }],
  ['a name', { uid: 'root', gid: 1, groups: [], environment: {} }],
  ['a number as text', { uid: '0', gid: 1, groups: [1], environment: {} }],
  ['groups that are no list', { uid: 4242, gid: 1, groups: '0', environment: {} }],
])('[needs root] %s is not become', (_, handover) => {
  const { stdout, stderr, status: code } = become(handover)
  expect([stdout, code]).toEqual(['', 1])
  expect(stderr).toContain('The process was given no user to switch to')
})
