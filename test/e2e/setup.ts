import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { delegate, removeCgroups } from './cgroups.ts'
import { busyboxFiles, image, packLayer, type TestImage } from './images.ts'
import { must } from './processes.ts'
import { type Registry, startRegistry } from './registry.ts'
import { findUser, makeUsers, ordinary, removeUsers } from './users.ts'

/** What the tests of one run share; each file gets it by `inject('stage')`. */
export interface Stage {
  /** Everything of this run is below it. */
  folder: string
  /** The build under test, readable by everyone. */
  dist: string
  /** The registry without a password: `127.0.0.1:PORT`, and what is in it. */
  registry: string
  images: { busybox: string; server: string; layers: string; zstd: string }
  /** The registry with TLS and a password. */
  secure: { host: string; certificate: string; name: string; password: string; image: string }
  /** The registry with a certificate that has expired. */
  expired: { host: string; certificate: string; image: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    stage: Stage
  }
}

/** Runs once before the files of a project: users, build, registries, images. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.getuid?.() !== 0) throw new Error('These tests act as root and as ordinary users: run them as root.')
  const folder = mkdtempSync(join(tmpdir(), 'berth-e2e-'))
  chmodSync(folder, 0o755)
  const registries: Registry[] = []
  const cgroups: string[] = []
  const tearDown = async () => {
    for (const registry of registries) await registry.stop()
    await removeUsers()
    removeCgroups(cgroups)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await makeUsers()
    openTun()
    for (const name of ordinary) cgroups.unshift(...delegate(findUser(name, folder)))
    const stage = await prepare(folder, copyBuild(folder), registries)
    project.provide('stage', stage)
    return tearDown
  } catch (error) {
    await tearDown()
    throw error
  }
}

function openTun(): void {
  if (existsSync('/dev/net/tun')) chmodSync('/dev/net/tun', 0o666)
}

/** A copy, since the clone may be in a folder that is closed to ordinary users. */
function copyBuild(folder: string): string {
  const from = join(import.meta.dirname, '../../dist')
  if (!existsSync(join(from, 'bin/berth'))) throw new Error('There is no build in dist/: run npm run build first.')
  const dist = join(folder, 'dist')
  cpSync(from, dist, { recursive: true, dereference: true, filter: (path) => path !== join(from, 'bin/node') })
  try {
    linkSync(join(from, 'bin/node'), join(dist, 'bin/node'))
  } catch {
    cpSync(join(from, 'bin/node'), join(dist, 'bin/node'))
  }
  openToAll(dist)
  return dist
}

function openToAll(path: string): void {
  const { mode } = statSync(path)
  const folder = statSync(path).isDirectory()
  chmodSync(path, folder || mode & 0o111 ? 0o755 : 0o644)
  if (folder) for (const name of readdirSync(path)) openToAll(join(path, name))
}

async function prepare(folder: string, dist: string, registries: Registry[]): Promise<Stage> {
  const login = { name: 'tester', password: 'a secret' }
  const [plain, secure, expired] = [
    await startRegistry(join(folder, 'registry')),
    await startRegistry(join(folder, 'secure'), { login, tls: 'good' }),
    await startRegistry(join(folder, 'expired'), { tls: 'expired' }),
  ]
  registries.push(plain, secure, expired)
  const images = await testImages(folder)
  // Plain http to this registry alone, for root and everyone.
  writeFileSync(
    join(folder, 'registries.conf'),
    `unqualified-search-registries = ["${plain.host}"]\n[[registry]]\nlocation = "${plain.host}"\ninsecure = true\n`,
  )
  mkdirSync(join(folder, 'empty'))
  return {
    folder,
    dist,
    registry: plain.host,
    images: {
      busybox: await plain.push(images.busybox),
      server: await plain.push(images.server),
      layers: await plain.push(images.layers),
      zstd: await plain.push(images.zstd),
    },
    secure: { host: secure.host, certificate: secure.certificate!, ...login, image: await secure.push(images.busybox) },
    expired: { host: expired.host, certificate: expired.certificate!, image: await expired.push(images.busybox) },
  }
}

async function testImages(scratch: string): Promise<Record<'busybox' | 'server' | 'layers' | 'zstd', TestImage>> {
  const base = await packLayer(busyboxFiles(), scratch)
  const site = await packLayer({ 'var/www/index.html': { text: 'served by berth\n' } }, scratch)
  const second = await packLayer(
    { 'data/kept': { text: 'kept' }, 'data/gone': { text: 'gone' }, 'old/file': { text: 'old' } },
    scratch,
  )
  // Whiteouts: one file removed, one folder emptied.
  const third = await packLayer(
    { 'data/.wh.gone': { text: '' }, 'old/.wh..wh..opq': { text: '' }, 'old/new': { text: 'new' } },
    scratch,
  )
  await must('test', ['-x', '/usr/bin/busybox'])
  return {
    busybox: image('busybox', [base]),
    server: image('server', [base, site], {
      Entrypoint: ['httpd', '-f', '-v'],
      Cmd: ['-h', '/var/www', '-p', '8080'],
      ExposedPorts: { '8080/tcp': {} },
      Env: ['PATH=/bin', 'SITE=berth'],
      WorkingDir: '/var/www',
      Labels: { made: 'for tests' },
    }),
    layers: image('layers', [base, second, third]),
    zstd: image('zstd', [base, second], {}, { compression: 'zstd' }),
  }
}
