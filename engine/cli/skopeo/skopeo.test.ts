import { expect, test } from 'vitest'

import { renderValue } from '../output/report.ts'
import { skopeoCommands } from './command-list.ts'
import { placeInput } from './flags.ts'
import { milliseconds } from './duration.ts'
import { skopeoFlags } from './globals.ts'
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
  expect(() => placeInput({ creds: '' })).toThrow("credentials can't be empty")
  expect(() => placeInput({ creds: ':x' })).toThrow("username can't be empty")
  for (const bad of [{ password: 'x' }, { creds: 'a', username: 'a', password: 'b' }])
    expect(() => placeInput(bad)).toThrow(/username/)
})

test('durations are Go’s', () => {
  const texts = ['1m30s', '1.5h', '250ms', '0s', '0', '-1s', '.5s']
  expect(texts.map((text) => milliseconds(text, 'x'))).toEqual([90_000, 5_400_000, 250, 0, 0, -1000, 500])
  const failures = [
    ['', 'time: invalid duration ""'],
    ['x', 'time: invalid duration "x"'],
    ['5', 'time: missing unit in duration "5"'],
    ['1s1', 'time: missing unit in duration "1s1"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
  ]
  for (const [bad = '', words = ''] of failures)
    expect(() => milliseconds(bad, 'retry-delay')).toThrow(`invalid argument "${bad}" for "--retry-delay" flag: ${words}`)
})

const inspected = {
  Digest: 'sha256:1',
  RepoTags: [],
  Created: '2024-03-01T10:11:12.5Z',
  DockerVersion: '',
  Labels: null,
  Architecture: 'amd64',
  Os: 'linux',
  Layers: ['sha256:2'],
  LayersData: [{ MIMEType: 'm', Digest: 'sha256:2', Size: 3, Annotations: null }],
  Env: null,
}
const byTemplate = (format: string, value: object): string => renderValue('skopeo inspect', 'interface {}', format, value)

test('what templates see is Go’s structs, and as JSON it is what it was', () => {
  const view = goView(inspected)
  expect(JSON.stringify(view)).toBe(JSON.stringify(inspected))
  expect(byTemplate('{{.}}', view)).toBe(
    '{  sha256:1 [] 2024-03-01 10:11:12.5 +0000 UTC  map[] amd64 linux [sha256:2] [{m sha256:2 3 map[]}] []}\n',
  )
  expect(byTemplate('{{.Name}}|{{.Env}}|{{len .Env}}|{{json .Env}}|{{json .Labels}}|{{.Labels.x}}', view)).toBe(
    '|[]|0|null|null|<no value>\n',
  )
  expect(byTemplate('{{range .LayersData}}{{.Annotations}} {{json .}}{{end}}', view)).toBe(
    'map[] {"MIMEType":"m","Digest":"sha256:2","Size":3,"Annotations":null}\n',
  )
  for (const bad of ['{{.Variant}}', '{{range .LayersData}}{{.Foo}}{{end}}'])
    expect(() => byTemplate(bad, view)).toThrow(/can't evaluate field \w+ in type/)
})

test('a configuration in templates', () => {
  const document = {
    ...{ created: '2024-03-01T10:11:12Z', author: 'me', architecture: 'arm64', os: 'linux', variant: 'v8' },
    config: { User: 'u', ExposedPorts: { '80/tcp': {} }, Cmd: ['sh'], Labels: { b: '1', a: '2' } },
    rootfs: { type: 'layers', diff_ids: ['sha256:2'] },
    history: [{ created_by: 'x' }, { created_by: 'y', empty_layer: true }],
  }
  const view = goConfig(Buffer.from(JSON.stringify(document)), 'x')
  expect(byTemplate('{{.}}', view)).toBe(
    '{2024-03-01 10:11:12 +0000 UTC me {arm64 linux  [] v8} {u map[80/tcp:{}] [] [] [sh] map[]  map[a:2 b:1]  false} {layers [sha256:2]} [{<nil> x   false} {<nil> y   true}]}\n',
  )
  expect(
    byTemplate('{{.Platform.Variant}} {{.Variant}} {{json .Config.ExposedPorts}} {{range .History}}{{.EmptyLayer}}{{end}}', view),
  ).toBe('v8 v8 {"80/tcp":{}} falsetrue\n')
  expect(() => byTemplate('{{.Config.Healthcheck}}', view)).toThrow("can't evaluate field Healthcheck in type v1.ImageConfig")
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
