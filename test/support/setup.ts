import {
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
import type { Registry } from './registry.ts'
import { removeStaleCgroups } from './sandbox/cgroups.ts'
import { inside, type Sandboxes, waitForRemoval, writeEtc } from './sandbox/folders.ts'
import { registryLogin, startStageRegistries } from './stage-registries.ts'
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
    /** Unless the files of a project share the machine as it is. */
    sandboxes: Sandboxes
  }
}

/** Runs once before the files of a project: build, images, and users and registries unless each file has its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.getuid?.() !== 0) throw new Error('These tests act as root and as ordinary users: run them as root.')
  const folder = mkdtempSync(join(tmpdir(), 'berth-e2e-'))
  chmodSync(folder, 0o755)
  openTun()
  return project.config.poolRunner?.name === 'sandbox' ? setUpSandboxes(project, folder) : setUpMachine(project, folder)
}

async function setUpSandboxes(project: TestProject, folder: string): Promise<() => Promise<void>> {
  const tearDown = async () => {
    await waitForRemoval(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await removeStaleCgroups()
    const content = join(folder, 'content')
    mkdirSync(content)
    const registries: Registry[] = []
    const stage = await prepare(content, copyBuild(folder), registries)
    for (const registry of registries) await registry.stop()
    await writeEtc(folder, readFileSync(join(content, 'registries.conf'), 'utf8'))
    const accounts = ordinary.map(async (name) => ({ name, hash: (await must('openssl', ['passwd', '-6', name])).trim() }))
    project.provide('sandboxes', { folder, accounts: await Promise.all(accounts) })
    project.provide('stage', JSON.parse(JSON.stringify({ ...stage, dist: join(inside, 'dist') }).replaceAll(content, inside)))
    return tearDown
  } catch (error) {
    await tearDown()
    throw error
  }
}

async function setUpMachine(project: TestProject, folder: string): Promise<() => Promise<void>> {
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
    for (const name of ordinary) cgroups.unshift(...delegate(findUser(name, folder)))
    project.provide('stage', await prepare(folder, copyBuild(folder), registries))
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
  const [plain, secure, expired] = await startStageRegistries(folder, registries)
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
    secure: { host: secure.host, certificate: secure.certificate!, ...registryLogin, image: await secure.push(images.busybox) },
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
