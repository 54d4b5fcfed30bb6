import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { globalFlags, globalOptions } from '../parse/globals.ts'
import { parseFlags } from '../parse/parse-flags.ts'
import { readAddress } from './address.ts'
import { sshTarget } from './connect.ts'
import { changeConnections, connectionsFile, listConnections, readConnections } from './connections.ts'

test.each([
  ['unix:///run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
  ['unix:/run/x.sock', { kind: 'unix', path: '/run/x.sock' }],
  ['tcp://127.0.0.1:8080', { kind: 'tcp', host: '127.0.0.1', port: 8080, secure: false }],
  ['tcp://[::1]:8080', { kind: 'tcp', host: '::1', port: 8080, secure: false }],
  ['https://engine.example.org', { kind: 'tcp', host: 'engine.example.org', port: 443, secure: true }],
  ['ssh://root@host:2222/run/x.sock', { kind: 'ssh', user: 'root', host: 'host', port: 2222, path: '/run/x.sock' }],
  ['ssh://host', { kind: 'ssh', host: 'host' }],
])('%s', (url, address) => expect(readAddress(url)).toEqual(address))

test.each([
  '',
  'x',
  'unix://',
  'unix://x',
  'tcp://',
  'tcp://host',
  'ftp://x',
  'ssh://',
  'ssh://u:secret@host',
  'ssh://host/x?y',
  'fd://3',
])('the address %j is refused', (url) => expect(() => readAddress(url)).toThrow(expect.objectContaining({ name: 'UsageError' })))

test.each(['-oProxyCommand=x', 'a b', '$(x)'])('ssh never gets %j for a host or a user', (word) => {
  expect(() => sshTarget({ kind: 'ssh', host: word })).toThrow('is not a host')
  expect(() => sshTarget({ kind: 'ssh', host: 'host', user: word })).toThrow('is not a host')
})

let folder: string
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'berth-connections-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test("connections are podman's file, which keeps what Berth does not know", async () => {
  const file = path.join(folder, 'containers/podman-connections.json')
  expect(connectionsFile({ home: '/home/a' }, {})).toBe('/home/a/.config/containers/podman-connections.json')
  expect(connectionsFile({ home: '/home/a' }, { XDG_CONFIG_HOME: folder })).toBe(file)
  expect(readConnections(file)).toEqual({ Connection: {} })
  const add = (name: string) =>
    changeConnections(file, ({ Connection }) => void ((Connection.Connections ??= {})[name] = { URI: `unix:///${name}` }))
  await Promise.all(['a', 'b', 'c'].map(add))
  expect(Object.keys(readConnections(file).Connection.Connections ?? {}).toSorted()).toEqual(['a', 'b', 'c'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  writeFileSync(
    file,
    JSON.stringify({ Connection: { Default: 'x', Connections: { x: { URI: 'unix:///x' } } }, Farm: { List: { f: ['x'] } } }),
  )
  await add('y')
  expect(readConnections(file)).toMatchObject({ Farm: { List: { f: ['x'] } }, Connection: { Default: 'x' } })
})

test.each(['[]]', '3', '{"Connection":{"Connections":{"x":null}}}', '{"Connection":{"Connections":{"x":{"URI":3}}}}'])(
  'a file with %s is refused',
  (text) => {
    const file = path.join(folder, 'x.json')
    writeFileSync(file, text)
    expect(() => readConnections(file)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
  },
)

test('connections of containers.conf are listed too, and hidden by those of the file', () => {
  const configured = {
    destinations: { here: { uri: 'unix:///conf' }, there: { uri: 'ssh://there/x', identity: '/key' }, none: {} },
    active: 'there',
  }
  const own = { Connection: { Connections: { here: { URI: 'unix:///file' } } } }
  expect(listConnections(own, configured)).toEqual([
    { Name: 'here', URI: 'unix:///file', Default: false, ReadWrite: true },
    { Name: 'there', URI: 'ssh://there/x', Identity: '/key', Default: true, ReadWrite: false },
  ])
})

const settings = (line: string, environment: NodeJS.ProcessEnv = {}) =>
  globalOptions(parseFlags(globalFlags, line === '' ? [] : line.split(' '), { program: 'berth' }).values as never, environment)
    .remote

test('an address wins over a connection, and flags over the environment', () => {
  const all = { CONTAINER_HOST: 'unix:///env', CONTAINER_CONNECTION: 'env', CONTAINER_SSHKEY: '/key' }
  expect(settings('')).toBeUndefined()
  expect(settings('', all)).toMatchObject({ url: 'unix:///env', connection: undefined, identity: '/key' })
  expect(settings('-c given', all)).toMatchObject({ url: undefined, connection: 'given' })
  expect(settings('--url unix:///given --identity /own', all)).toMatchObject({ url: 'unix:///given', identity: '/own' })
  expect(settings('', { CONTAINER_CONNECTION: 'env' })).toMatchObject({ url: undefined, connection: 'env' })
  expect(settings('-r')).toMatchObject({ url: undefined, connection: undefined })
})

test.each([
  '--volumepath /x',
  '--db-backend boltdb',
  '--transient-store',
  '--imagestore /x',
  '--network-cmd-path /x',
  '--ssh golang',
  '--events-backend journald',
])('%s is refused by name', (line) => expect(() => settings(line)).toThrow(line.split(' ')[0]))
