import { expect, test } from 'vitest'

import { skopeoCommands } from './command-list.ts'
import { placeInput } from './flags.ts'
import { milliseconds, skopeoFlags } from './globals.ts'
import { goConfig, goView } from './go-view.ts'
import { skopeoHelp, skopeoOverview } from './help.ts'

test.each(Object.keys(skopeoCommands))('%s explains itself, and no flag has two meanings', async (name) => {
  const command = await skopeoCommands[name]!.load()
  expect(skopeoHelp(name, command)).toContain(`Usage:\nskopeo ${name} `)
  const own = Object.entries({ ...skopeoFlags, ...command.flags })
  const shorts = own.map(([, { short }]) => short).filter((short) => short !== '')
  expect(new Set(shorts).size).toBe(shorts.length)
  const names = own.flatMap(([key, { aliases = [] }]) => [key, ...aliases])
  expect(new Set(names).size).toBe(names.length)
  expect(skopeoOverview(skopeoCommands)).toContain(`  ${name} `)
})

test('logins are given in one of three ways', () => {
  expect(placeInput({ creds: 'a:b:c' }).credentials).toBe('a:b:c')
  expect(placeInput({ creds: 'a' }).credentials).toBe('a:')
  expect(placeInput({ 'src-username': 'a', 'src-password': 'b' }, 'src-').credentials).toBe('a:b')
  expect(placeInput({ 'no-creds': true })).toMatchObject({ anonymous: true, credentials: undefined })
  expect(placeInput({ authfile: 'both', 'dest-authfile': 'one' }, 'dest-').authfile).toBe('one')
  for (const bad of [{ creds: '' }, { creds: ':x' }, { password: 'x' }, { creds: 'a', username: 'a', password: 'b' }])
    expect(() => placeInput(bad)).toThrow(/username/)
})

test('durations are Go’s', () => {
  expect([milliseconds('1m30s'), milliseconds('1.5h'), milliseconds('250ms'), milliseconds('0s')]).toEqual([
    90_000, 5_400_000, 250, 0,
  ])
  for (const bad of ['', '5', '1d', '-1s', '1s1']) expect(() => milliseconds(bad)).toThrow('invalid duration')
})

test('what templates see of times is Go’s, and as JSON it is what it was', () => {
  const view = goView({ Created: '2024-03-01T10:11:12.5Z' as string | null, Os: 'linux' })
  expect(view.Created).toBe('2024-03-01 10:11:12.5 +0000 UTC')
  expect(JSON.stringify(view)).toBe('{"Created":"2024-03-01T10:11:12.5Z","Os":"linux"}')
})

test('of a configuration only what the specification knows is shown, in its order', () => {
  const given = {
    zz: 1,
    os: 'linux',
    config: { Labels: { b: '1', a: '2' }, Env: [], User: 'x', Odd: 1 },
    architecture: 'arm64',
    history: [{ created_by: 'y', empty_layer: false }],
  }
  expect(JSON.stringify(goConfig(Buffer.from(JSON.stringify(given)), 'x'))).toBe(
    '{"architecture":"arm64","os":"linux","config":{"User":"x","Labels":{"a":"2","b":"1"}},"rootfs":{"type":"","diff_ids":null},"history":[{"created_by":"y"}]}',
  )
  expect(() => goConfig(Buffer.from('{'), 'x')).toThrow('is not JSON')
})
