import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aliases, commands, groups } from './command-list.ts'
import type { Flag } from './parse/flags.ts'
import { globalFlags } from './parse/globals.ts'

/** What `podman COMMAND --help` showed of each command of podman 5.4.2: aliases, and flags as `name,shorthand=value`. */
const tree = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/podman-5.4.2-tree.json'), 'utf8')) as Record<
  string,
  { group?: true; aliases?: string[]; flags?: string }
>

/** Said in one sentence instead, with all that follows. */
const absent = /^(auto-update|build|image build|compose|farm|generate|kube|machine|play|quadlet)\b/

/** Flags of podman's that are missing, by command, each with its reason. */
const missing: Readonly<Record<string, Readonly<Record<string, string>>>> = {}

const leaves = Object.entries(tree).filter(([path]) => path !== '' && !absent.test(path))

test.each(leaves)('%s', async (path, { group, aliases: others = [], flags = '' }) => {
  if (group) return expect(groups).toHaveProperty([path])
  const name = aliases[path] ?? path
  expect(commands).toHaveProperty([name])
  for (const other of others) expect([other, aliases[other] ?? other]).toEqual([other, name])
  const own = Object.entries((await commands[name]!()).flags)
  const flagOf = (wanted: string) => own.find(([key, { aliases: also }]) => key === wanted || also?.includes(wanted))?.[1]
  const wrong = flags
    .split(' ')
    .filter((each) => each !== '')
    .flatMap((each) => differences(each, flagOf))
  expect(wrong.filter((each) => missing[name]?.[each.replace(/ is missing$/, '')] === undefined)).toEqual([])
})

test('global flags', () => {
  const flagOf = (name: string) => globalFlags[name as keyof typeof globalFlags] as Flag<unknown> | undefined
  expect(tree['']!.flags!.split(' ').flatMap((each) => differences(each, flagOf))).toEqual([])
})

function differences(described: string, flagOf: (name: string) => Flag<unknown> | undefined): string[] {
  const [, name = '', short = '', value = ''] = /^([\w-]+)(?:,(\w))?(?:=(.*))?$/.exec(described) ?? []
  const flag = flagOf(name)
  if (!flag) return [`${name} is missing`]
  const list = value === 'strings' ? 'words' : value === 'stringArray' ? 'texts' : undefined
  return [
    ...(flag.short === short ? [] : [`${name} has the shorthand ${flag.short}, not ${short}`]),
    ...((flag.kind === 'bool') === (value === '') ? [] : [`${name} takes ${flag.value || 'no value'}`]),
    ...(list === undefined || flag.kind === list ? [] : [`${name} is no list of ${value}`]),
  ]
}
