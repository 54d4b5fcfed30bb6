import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import type { Identity } from '../../lib/process/identity.ts'
import { readStorageConf, storageConfFiles, storeBeside } from './storage-conf.ts'
import { storageSettings } from './storage-settings.ts'
import { parseStorageToml } from './storage-toml.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-storage-conf-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const who = (rootless: boolean): Identity => ({ rootless, home, realUid: 1234 }) as Identity
const read = (text: string, rootless = false) => {
  const file = join(home, 'storage.conf')
  writeFileSync(file, text)
  return readStorageConf(who(rootless), { CONTAINERS_STORAGE_CONF: file })
}

test('the part of TOML that storage.conf uses', () => {
  const text = `# a comment
[storage]
driver = "overlay" # another
graphroot = '/a#b'
[storage.options]
additionalimagestores = [ # one a line
  "/usr/lib/a",
  '/b, c', # d
]
size = 10
[storage.options.overlay]
"mountopt" = "nodev,metacopy=on"
empty = []
on = true
`
  expect(Object.fromEntries(parseStorageToml(text, 'f'))).toEqual({
    'storage.driver': 'overlay',
    'storage.graphroot': '/a#b',
    'storage.options.additionalimagestores': ['/usr/lib/a', '/b, c'],
    'storage.options.size': 10,
    'storage.options.overlay.mountopt': 'nodev,metacopy=on',
    'storage.options.overlay.empty': [],
    'storage.options.overlay.on': true,
  })
})

test.each(['[storage', 'a', 'a = ', 'a = "x', 'a = [ "x"', 'a = [ x ]', 'a = "\\q"'])('%s is refused with its line', (text) => {
  expect(() => parseStorageToml(`\n${text}`, '/x.conf')).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: expect.stringMatching(/\/x\.conf .*line 2/) }),
  )
})

test('files are looked for where podman looks', () => {
  expect(storageConfFiles(who(true), {})).toEqual([
    join(home, '.config/containers/storage.conf'),
    '/etc/containers/storage.conf',
    '/usr/share/containers/storage.conf',
  ])
  expect(storageConfFiles(who(false), {})[0]).toBe('/etc/containers/storage.conf')
  expect(storageConfFiles(who(true), { CONTAINERS_STORAGE_CONF: '/x' })).toEqual(['/x'])
})

test('the store is beside the folder that podman has, never in it', () => {
  expect(storeBeside('/var/lib/containers/storage', who(false))).toBeUndefined()
  expect(storeBeside('/run/containers/storage', who(false))).toBeUndefined()
  expect(storeBeside(join(home, '.local/share/containers/storage'), who(true))).toBeUndefined()
  expect(storeBeside('/data/containers/storage/', who(false))).toBe('/data/containers/berth')
})

test('settings of root and of an ordinary user', () => {
  const text = `[storage]
driver = "overlay"
graphroot = "/data/containers/storage"
runroot = "/run/data/storage"
rootless_storage_path = "$HOME/big/$UID/storage"
imagestore = "/images"
[storage.options]
additionalimagestores = ["/usr/lib/containers/storage"]
[storage.options.overlay]
mountopt = "nodev"
`
  const conf = read(text)
  expect(conf).toMatchObject({
    graphRoot: '/data/containers/storage',
    runRoot: '/run/data/storage',
    additionalStores: ['/usr/lib/containers/storage'],
    mountOptions: ['nodev'],
  })
  expect(conf.warnings.join()).toContain('imagestore')
  expect(read(text, true).graphRoot).toBe(`${home}/big/1234/storage`)
  expect(read('')).toMatchObject({ additionalStores: [] })
})

test('what cannot be is refused with a message', () => {
  expect(() => read('[storage]\ndriver = "btrfs"')).toThrow(
    expect.objectContaining({ code: 'NotSupported', message: expect.stringMatching(/btrfs.*CONTAINERS_STORAGE_CONF/) }),
  )
  expect(() => read('[storage]\ngraphroot = "a/b"')).toThrow(/graphroot is not an absolute path/)
  expect(() => read('[storage.options]\nadditionalimagestores = "/x"')).toThrow(/not a list/)
})

test('options of the command line; with a root storage.conf is left aside', () => {
  mkdirSync(join(home, '.config/containers'), { recursive: true })
  writeFileSync(join(home, '.config/containers/storage.conf'), '[storage]\ndriver = "zfs"')
  const options = {
    root: '/r',
    storageOptions: ['additionalimagestore=/a,/b', 'overlay.imagestore=/a', 'overlay.mountopt=nodev', 'size=1'],
  }
  expect(storageSettings(who(true), options)).toEqual({ additionalStores: ['/a', '/b'], mountOptions: ['nodev'], warnings: [] })
  expect(() => storageSettings(who(true), { root: '/r', storageOptions: ['color=red'] })).toThrow(/no storage option "color"/)
  expect(() => storageSettings(who(true), { root: '/r', storageOptions: ['additionalimagestore=x'] })).toThrow(/absolute path/)
})

test('the driver: the command line, then the environment, then the file, which may leave the choice', () => {
  expect(read('[storage]\ndriver = "overlay2"')).toMatchObject({ driver: 'overlay' })
  const undecided = read('[storage]\ndriver = ""\ndriver_priority = ["btrfs", "vfs"]')
  expect(undecided).toMatchObject({ driverPriority: ['btrfs', 'vfs'] })
  expect(undecided).not.toHaveProperty('driver')
  mkdirSync(join(home, '.config/containers'), { recursive: true })
  writeFileSync(join(home, '.config/containers/storage.conf'), '[storage]\ndriver = "vfs"')
  vi.stubEnv('CONTAINERS_STORAGE_CONF', '')
  vi.stubEnv('XDG_CONFIG_HOME', '')
  expect(storageSettings(who(true), {}).driver).toBe('vfs')
  vi.stubEnv('STORAGE_DRIVER', 'overlay')
  expect(storageSettings(who(true), {}).driver).toBe('overlay')
  expect(storageSettings(who(true), { storageDriver: 'vfs' }).driver).toBe('vfs')
  expect(storageSettings(who(true), { root: '/r' }).driver).toBeUndefined()
  vi.stubEnv('STORAGE_DRIVER', 'zfs')
  expect(() => storageSettings(who(true), {})).toThrow(
    expect.objectContaining({ code: 'NotSupported', message: expect.stringMatching(/"zfs".*overlay or vfs/) }),
  )
  vi.unstubAllEnvs()
})
