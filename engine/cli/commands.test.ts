import { expect, test } from 'vitest'

import { aliases, commands, commandTable, groups } from './command-list.ts'
import { complete } from './help/complete.ts'
import { completionScript } from './help/completion-script.ts'
import { detachFilter, parseDetachKeys } from './terminal/detach-keys.ts'
import { findCommand } from './find-command.ts'
import { helpText, overviewText } from './help/help.ts'
import { globalFlags } from './parse/globals.ts'

test.each(Object.keys(commands))('%s: loads, explains itself, and none of its flags is ambiguous', async (name) => {
  const command = await commands[name]?.()
  expect(command?.summary).toMatch(/^[A-Z].*[^.]$/)
  const flags = Object.entries(command?.flags ?? {})
  const shorts = flags.map(([, { short }]) => short).filter((short) => short !== '')
  expect(new Set(shorts).size).toBe(shorts.length)
  const names = flags.flatMap(([key, { aliases: others = [] }]) => [key, ...others])
  expect(new Set(names).size).toBe(names.length)
  for (const key of command?.notYet?.split(' ') ?? []) expect(names).not.toContain(key)
  expect(helpText(name.split(' '), command as never)).toContain(`Usage:\n  berth ${name}`)
})

test('aliases lead to commands, and groups have some', () => {
  for (const [alias, name] of Object.entries(aliases)) expect([alias, name in commands]).toEqual([alias, true])
  for (const group of Object.keys(groups)) expect(Object.keys(commands).some((name) => name.startsWith(`${group} `))).toBe(true)
})

test('a command is found by its words, its alias, or not at all', async () => {
  expect(await findCommand(['container', 'ps', '-a'], false)).toMatchObject({ path: ['container', 'ps'], rest: ['-a'] })
  expect(await findCommand(['pod', 'rm', 'x'], false)).toMatchObject({ path: ['pod', 'rm'], rest: ['x'] })
  expect(await findCommand(['image', 'trust', 'show', 'x'], false)).toMatchObject({
    path: ['image', 'trust', 'show'],
    rest: ['x'],
  })
  expect(await findCommand(['image', 'trust', '--help'], false)).toMatchObject({
    text: expect.stringContaining('berth image trust [command]'),
  })
  await expect(findCommand(['image', 'trust', 'shew'], false)).rejects.toThrow('unrecognized command `berth image trust shew`')
  await expect(findCommand(['pss'], false)).rejects.toThrow('unrecognized command `berth pss`')
  await expect(findCommand(['constructor'], false)).rejects.toThrow('unrecognized command')
})

test('the overview lists commands and global flags', async () => {
  const text = await overviewText()
  for (const word of ['run', 'pod', '--root', '--url']) expect(text).toContain(word)
  expect(text).not.toContain('cleanup')
  expect(Object.entries(globalFlags).flatMap(([name, { short }]) => (short ? [`${short} ${name}`] : []))).toEqual([
    'c connection',
    'r remote',
    'v version',
  ])
})

const engine = async () =>
  ({
    'container.list': async () => [{ Names: ['web'], Id: 'a'.repeat(64), Image: 'busybox' }],
    'network.list': async () => [{ name: 'shop', driver: 'bridge' }],
    'image.list': async () => Promise.reject(new Error('closed')),
  }) as never
const words = async (...line: string[]) => (await complete(line, { table: commandTable, engine })).map(([word]) => word)

test.each([
  [['conta'], ['container']],
  [['--log-level', 'pod', 'insp'], ['inspect']],
  [['pod', 'insp'], ['inspect']],
  [
    ['system', 'connection', 're'],
    ['remove', 'rename'],
  ],
  [['run', '--cidf'], ['--cidfile']],
  [['rm', '-f', ''], ['web']],
  [['rm', 'web', ''], []],
  [['network', 'connect', ''], ['shop']],
  [['network', 'connect', 'shop', ''], ['web']],
  [['run', '--network', 's'], ['shop']],
  [['run', '--network=s'], ['--network=shop']],
  // What cannot be asked for is nothing, and no failure.
  [['run', ''], []],
  [['exec', 'web', '-'], []],
  [['ps', '--sort', 'na'], ['names']],
  [['ps', '--filter', 'stat'], ['status=']],
  [['ps', '-af', 'status=ex'], ['status=exited']],
  [['completion', 'f'], ['fish']],
  [
    ['inspect', '--format', '{{.State.Hea'],
    ['{{.State.Health.', '{{.State.Healthcheck}}'],
  ],
  [['inspect', '--format', '{{.State.Health.St'], ['{{.State.Health.Status}}']],
  [['ps', '--format', '{{.Names}} {{.Run'], ['{{.Names}} {{.RunningFor}}']],
  [['info', '--format={{.Host.OCI'], ['--format={{.Host.OCIRuntime.']],
])('completion of %j', async (line, expected) => expect(await words(...line)).toEqual(expected))

test.each(['bash', 'zsh', 'fish'] as const)('the script for %s asks the program', (shell) => {
  expect(completionScript(shell)).toContain('berth __complete')
})

test('detach keys are seen across pieces, and what only looked like them is passed on', () => {
  const filter = detachFilter(parseDetachKeys('ctrl-p,ctrl-q'))
  expect(filter(Buffer.from('a\u0010'))).toEqual(Uint8Array.from([97]))
  expect(filter(Buffer.from('b'))).toEqual(Uint8Array.from([16, 98]))
  expect(filter(Buffer.from('\u0010'))).toEqual(new Uint8Array())
  expect(filter(Buffer.from('\u0011'))).toBeUndefined()
  expect(() => parseDetachKeys('ctrl-1')).toThrow('invalid detach keys')
})
