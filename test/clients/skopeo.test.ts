import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { blob, image, packLayer, type TestImage } from '../support/images.ts'
import { must, type Result, run } from '../support/processes.ts'

// Every command beside the real skopeo: the same output, the same exit codes, the same files.

const stage = inject('stage')
const { registry } = stage
let folder: string
let layout: string
const tls = '--tls-verify=false'
const both = ['--src-tls-verify=false', '--dest-tls-verify=false']
const repository = `${registry}/beside`

const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  TZ: 'UTC',
  REGISTRY_AUTH_FILE: join(folder, 'auth.json'),
  CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
})
const start = (program: string, args: string[]): Promise<Result> =>
  run(program, ['--insecure-policy', ...args], { cwd: folder, env: environment() })
const real = (...args: string[]) => start('skopeo', args)
const ours = (...args: string[]) => start(join(stage.dist, 'bin/skopeo'), args)
/** The real one goes through repositories in any order. */
function withoutTime(log: string): string {
  const lines = log.replace(/^time="[^"]*" /gm, '').split('\n')
  return (log.includes('Processing repo') ? lines.toSorted() : lines).join('\n')
}

/** Log lines without the time; blobs are sent in any order. */
const comparable = ({ code, stdout, stderr }: Result) => ({
  code,
  stdout: /^Copying blob/m.test(stdout) ? stdout.split('\n').toSorted() : stdout,
  stderr: withoutTime(stderr),
})

/** Runs both, and expects the same. `X` in arguments becomes a name of its own for each. */
async function same(...args: string[]): Promise<Result> {
  const mark = (letter: string) => args.map((each) => each.replaceAll('{X}', letter))
  const [theirs, own] = [await real(...mark('s')), await ours(...mark('b'))]
  const level = (result: Result) => JSON.parse(JSON.stringify(comparable(result)).replaceAll(/(real|made|to)-[sb]\b/g, '$1-X'))
  expect(level(own)).toEqual(level(theirs))
  return own
}

/** The same files with the same bytes. */
function sameFolders(a: string, b: string): void {
  const files = (at: string) =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name).slice(at.length))
      .toSorted()
  expect(files(b)).toEqual(files(a))
  for (const name of files(a)) {
    const [left, right] = [readFileSync(a + name), readFileSync(b + name)]
    if (name.endsWith('/index.json')) expect(JSON.parse(right.toString())).toEqual(JSON.parse(left.toString()))
    else expect(right.equals(left), name).toBe(true)
  }
}

const at = (name: string): string => join(folder, name)

/** A layout with a list of two platforms and a single image. */
async function makeLayout(): Promise<void> {
  const text = (content: string) => packLayer({ 'etc/text': { text: content } }, folder)
  const platforms = [
    { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' },
    { os: 'linux', architecture: 's390x' },
  ]
  const config = { Labels: { z: '1', a: '2 & <3>' } }
  const made: TestImage[] = []
  for (const { architecture } of platforms) made.push(image('list', [await text(architecture), await text('both')], config))
  const index = blob(
    'application/vnd.oci.image.index.v1+json',
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: made.map(({ manifest }, i) => ({
          mediaType: manifest.mediaType,
          digest: manifest.digest,
          size: manifest.data.length,
          platform: platforms[i],
        })),
      }),
    ),
  )
  const one = image('one', [await text('one'), await text('two'), await text('three')], config)
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  for (const each of [...made, one].flatMap(({ blobs, manifest }) => [...blobs, manifest]).concat(index))
    writeFileSync(join(layout, 'blobs/sha256', each.digest.slice(7)), each.data)
  const entry = (of: typeof index, name: string) => ({
    mediaType: of.mediaType,
    digest: of.digest,
    size: of.data.length,
    annotations: { 'org.opencontainers.image.ref.name': name },
  })
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [entry(index, 'list'), entry(one.manifest, 'one')] }),
  )
}

beforeAll(async () => {
  folder = mkdtempSync(join(stage.folder, 'skopeo-'))
  layout = at('layout')
  writeFileSync(
    at('storage.conf'),
    `[storage]\ndriver = "overlay"\ngraphroot = "${at('containers/storage')}"\nrunroot = "${at('containers/run')}"\n`,
  )
  await makeLayout()
  for (const tag of ['1', '1.2.0', '1.3.0-rc1', 'v2.0'])
    await must('skopeo', ['copy', '-q', '--insecure-policy', ...both, `oci:${layout}:one`, `docker://${repository}/one:${tag}`])
  await must('skopeo', [
    'copy',
    '-q',
    '--all',
    '--insecure-policy',
    ...both,
    `oci:${layout}:list`,
    `docker://${repository}/list:1`,
  ])
})
afterAll(async () => {
  // The real one mounts the folder of its layers on itself, and leaves it so.
  await run('umount', [at('containers/storage/overlay')])
  rmSync(folder, { recursive: true, force: true })
})

describe('inspect and list-tags', () => {
  test.each(
    [
      [tls, `docker://${repository}/one:1`],
      [tls, '-n', `docker://${repository}/list:1`],
      [tls, '--config', `docker://${repository}/list:1`],
      [tls, '--raw', `docker://${repository}/list:1`],
      [tls, '--raw', '--config', `docker://${repository}/list:1`],
      [tls, '--format', '{{.Name}} {{json .Labels}} {{range .Layers}}{{.}},{{end}} {{.Created}}', `docker://${repository}/one:1`],
      [tls, '--format', '{{json .}}', `docker://${repository}/one:1`],
      [tls, '--format', 'table {{.Name}}\t{{.Os}}', `docker://${repository}/one:1`],
      ['--override-arch', 's390x', 'oci:layout:list'],
      ['--config', '--format', '{{.Config.Env}} {{.Created}} {{.OS}} {{.RootFS.DiffIDs}}', 'oci:layout:one'],
      ['--config', '--format', '{{json .}}', 'oci:layout:one'],
      ['--format', 'json', 'oci:layout:one'],
      ['--format', '{{.}} {{range .LayersData}}{{.Annotations}}{{println}}{{end}}', 'oci:layout:one'],
      ['--config', '--format', '{{.}} {{.Platform}} {{range .History}}{{.EmptyLayer}}{{end}}', 'oci:layout:one'],
    ].map((args) => [args.join(' '), args] as const),
  )('inspect %s', async (_, args) => {
    expect((await same('inspect', ...args)).code).toBe(0)
  })

  test('list-tags, of repositories and of archives', async () => {
    await same('list-tags', tls, `docker://${repository}/one`)
    await real('copy', 'oci:layout:one', `docker-archive:${at('tags.tar')}:a/b:1`, '--additional-tag', 'c:2')
    await same('list-tags', 'docker-archive:tags.tar')
    await real('copy', 'oci:layout:one', `docker-archive:${at('untitled.tar')}`)
    await same('list-tags', 'docker-archive:untitled.tar')
  })

  test('manifest-digest', () => same('manifest-digest', 'layout/index.json'))
})

describe('copy', () => {
  test.each([
    ['a list, all of it', `docker://${repository}/list:1`, 'dir:real-{X}/all', '--all'],
    ['of a list, this platform', `docker://${repository}/list:1`, 'dir:real-{X}/one'],
    ['of a list, another platform', `docker://${repository}/list:1`, 'dir:real-{X}/s390x', '--override-arch', 's390x'],
    ['into a layout', `docker://${repository}/one:1`, 'oci:real-{X}/layout:one'],
    ['into the same layout', `docker://${repository}/list:1`, 'oci:real-{X}/layout:list', '--all'],
    ['to another format', 'oci:layout:one', 'dir:real-{X}/docker', '--format', 'v2s2'],
    ['the list alone', 'oci:layout:list', 'dir:real-{X}/index', '--multi-arch', 'index-only'],
    ['one blob at a time', 'oci:layout:one', 'dir:real-{X}/slow', '--image-parallel-copies', '1'],
    ['where compression has no place', 'oci:layout:one', 'oci:real-{X}/plain:one', '--dest-compress'],
    ['quietly', 'oci:layout:one', 'dir:real-{X}/quiet', '-q'],
    ['with a digestfile', 'oci:layout:one', 'dir:real-{X}/digest', '--digestfile', 'real-{X}/digestfile'],
  ])('%s: the same files and the same words', async (_, source, destination, ...flags) => {
    for (const letter of ['s', 'b']) mkdirSync(at(`real-${letter}`), { recursive: true })
    expect((await same('copy', ...both, ...flags, source, destination)).code).toBe(0)
    sameFolders(at('real-s'), at('real-b'))
  })

  test('from registry to registry: the same digests', async () => {
    await same('copy', ...both, '--all', `docker://${repository}/list:1`, `docker://${repository}/to-{X}/list:1`)
    const raw = async (letter: string) =>
      (await real('inspect', tls, '--raw', `docker://${repository}/to-${letter}/list:1`)).stdout
    expect(await raw('b')).toBe(await raw('s'))
  })

  test('out of a store of the real one, which is only read', async () => {
    expect(await real('copy', '-q', 'oci:layout:one', 'containers-storage:kept/one:1')).toMatchObject({ code: 0 })
    const place = `[overlay@${at('containers/storage')}+${at('containers/run')}]`
    for (const copy of [real, ours]) {
      const target = copy === real ? 'store-s' : 'store-b'
      expect(await copy('copy', '-q', `containers-storage:${place}kept/one:1`, `dir:${target}`)).toMatchObject({ code: 0 })
    }
    expect(readdirSync(at('store-b')).toSorted()).toEqual(readdirSync(at('store-s')).toSorted())
    const missing = await ours('copy', `containers-storage:${place}kept/none:1`, 'dir:none')
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('not known in the store') })
    expect((await ours('copy', '-q', 'oci:layout:one', `containers-storage:${place}kept/two:1`)).code).toBe(1)
  })

  test('what one writes, the other reads', async () => {
    for (const kind of ['oci-archive', 'docker-archive']) {
      await ours('copy', '-q', 'oci:layout:one', `${kind}:${at(`ours.${kind}`)}:a:1`)
      expect(await real('copy', '-q', `${kind}:${at(`ours.${kind}`)}:a:1`, `dir:${at(`read-s-${kind}`)}`)).toMatchObject({
        code: 0,
      })
      await real('copy', '-q', 'oci:layout:one', `${kind}:${at(`real.${kind}`)}:a:1`)
      expect(await ours('copy', '-q', `${kind}:${at(`real.${kind}`)}:a:1`, `dir:${at(`read-b-${kind}`)}`)).toMatchObject({
        code: 0,
      })
      const config = (name: string) => JSON.parse(readFileSync(at(`${name}-${kind}/manifest.json`), 'utf8')).config.digest
      expect(config('read-b')).toBe(config('read-s'))
    }
  })
})

describe('delete', () => {
  test('from a layout: the same is left', async () => {
    for (const letter of ['s', 'b']) cpSync(layout, at(`made-${letter}`), { recursive: true })
    await same('delete', 'oci:made-{X}:one')
    sameFolders(at('made-s'), at('made-b'))
  })

  test('at a registry', async () => {
    for (const letter of ['s', 'b']) await real('copy', ...both, 'oci:layout:one', `docker://${repository}/to-${letter}/gone:1`)
    expect(await same('delete', tls, `docker://${repository}/to-{X}/gone:1`)).toMatchObject({ code: 0 })
    expect((await ours('inspect', tls, `docker://${repository}/to-b/gone:1`)).code).toBe(2)
  })
})

describe('sync', () => {
  const yaml = () => ({
    [registry]: {
      'tls-verify': false,
      images: { 'beside/one': ['1', 'bad tag'], 'beside/list': [] },
      'images-by-tag-regex': { 'beside/one': '^1\\.2' },
      'images-by-semver': { 'beside/one': '>= 2' },
    },
    [`localhost:${registry.split(':')[1]}`]: {
      'tls-verify': false,
      'images-by-tag-regex': { 'beside/one': '(?i)\\A[[:digit:]]\\.3\\.0-RC1\\z' },
    },
  })

  test.each([
    ['a repository', '--src', 'docker', '--dest', 'dir', `${repository}/one`, 'made-{X}/sync'],
    [
      'one image, scoped',
      '--src',
      'docker',
      '--dest',
      'dir',
      '--scoped',
      '--append-suffix',
      '-x',
      `${repository}/one:1`,
      'made-{X}/scoped',
    ],
    ['a list', '--src', 'docker', '--dest', 'dir', '--all', `${repository}/list:1`, 'made-{X}/list'],
    ['a file', '--src', 'yaml', '--dest', 'dir', 'sync.yaml', 'made-{X}/yaml'],
  ])('%s into folders', async (_, ...args) => {
    writeFileSync(at('sync.yaml'), JSON.stringify(yaml()))
    expect((await same('sync', ...both, ...args)).code).toBe(0)
    const target = args.at(-1)!
    sameFolders(at(target.replace('{X}', 's')), at(target.replace('{X}', 'b')))
  })

  test('tags are what is written, and what is there is skipped', async () => {
    writeFileSync(at('tags.yaml'), `${registry}: {tls-verify: false, images: {beside/one: [1.20]}}`)
    const sync = ['sync', '--src', 'yaml', '--dest', 'dir', 'tags.yaml']
    const [theirs, own] = [await real(...sync, 'made-s/tags'), await ours(...sync, 'made-b/tags')]
    expect(own.code).toBe(theirs.code)
    expect(own.stderr).toContain('beside/one:1.20')
    const target = ['sync', ...both, '--src', 'docker', '--dest', 'docker', `${repository}/one:1`, `${repository}/to-{X}/skip`]
    await same(...target)
    expect((await same(...target)).stdout).toContain('Skipping: image already present at destination')
    mkdirSync(at('hollow'))
    expect((await same('sync', ...both, '--src', 'dir', '--dest', 'docker', 'hollow', `${repository}/to-{X}/hollow`)).code).toBe(
      1,
    )
  })

  test('folders into a registry, and what was there is not written over', async () => {
    await real('sync', ...both, '--src', 'docker', '--dest', 'dir', `${repository}/one`, 'folders')
    await same('sync', ...both, '--src', 'dir', '--dest', 'docker', 'folders', `${repository}/to-{X}/synced`)
    const tags = async (letter: string) =>
      JSON.parse((await real('list-tags', tls, `docker://${repository}/to-${letter}/synced/one`)).stdout).Tags
    expect(await tags('b')).toEqual(await tags('s'))
    expect((await same('sync', ...both, '--src', 'docker', '--dest', 'dir', `${repository}/one:1`, 'folders')).code).toBe(1)
    await same(
      'sync',
      ...both,
      '--dry-run',
      '--src',
      'docker',
      '--dest',
      'docker',
      `${repository}/one`,
      `${repository}/to-{X}/dry`,
    )
  })
})

describe('what is refused', () => {
  test.each(
    [
      ['nothing'],
      ['copy', '--bogus', 'a', 'b'],
      ['copy', '--multi-arch', 'foo', 'dir:a', 'dir:b'],
      ['copy', '--all', '--multi-arch', 'all', 'dir:a', 'dir:b'],
      ['copy', '--src-username', 'a', 'dir:a', 'dir:b'],
      ['copy', '--src-creds', 'a:b', '--src-no-creds', 'dir:a', 'dir:b'],
      ['copy', '--format', 'foo', 'dir:a', 'dir:b'],
      ['inspect'],
      ['inspect', '--raw', '--format', 'x', 'oci:layout:one'],
      ['inspect', '--retry-times', 'x', 'oci:layout:one'],
      ['inspect', '--retry-delay', '5', 'oci:layout:one'],
      ['--command-timeout', '5', 'inspect', 'oci:layout:one'],
      ['copy', '--image-parallel-copies', '-1', 'dir:a', 'dir:b'],
      ['copy', '--src-creds', '', 'dir:a', 'dir:b'],
      ['copy', '--dest-creds', ':', 'dir:a', 'dir:b'],
      ['copy', '--multi-arch', '', 'dir:a', 'dir:b'],
      ['copy', '--format', '', 'dir:a', 'dir:b'],
      ['copy', '--sign-passphrase-file', 'no-such-file', 'oci:layout:one', 'dir:b'],
      ['list-tags', 'oci:layout'],
      ['sync', 'a', 'b'],
      ['sync', '--src', 'foo', '--dest', 'dir', 'a', 'b'],
      ['sync', '--src', 'dir', '--dest', 'dir', 'a', 'b'],
      ['delete'],
      ['delete', 'dir:/x'],
      ['login'],
      ['logout'],
      ['manifest-digest', '/nonexistent'],
      ['standalone-sign', 'a'],
      ['generate-sigstore-key'],
    ].map((args) => [args.join(' '), args] as const),
  )('%s: in the same words', async (_, args) => {
    expect((await same(...args)).code).toBe(1)
  })

  test.each(
    [
      ['inspect', tls, `docker://${repository}/one:none`],
      ['inspect', tls, `docker://${repository}/none`],
      ['copy', ...both, `docker://${repository}/one:none`, 'dir:none'],
      ['copy', 'oci:layout:none', 'dir:none'],
      ['copy', '--additional-tag', 'x', 'oci:layout:one', 'docker-archive:none.tar'],
      ['inspect', '--format', '{{.Variant}}', 'oci:layout:one'],
      ['inspect', '--config', '--format', '{{.Config.Healthcheck}}', 'oci:layout:one'],
      ['--registries-conf', 'none', 'inspect', `docker://${repository}/one:1`],
      ['copy', 'dir:none', 'dir:none2'],
      ['list-tags', tls, `docker://${repository}/none`],
      ['delete', tls, `docker://${repository}/one:none`],
      ['copy', '--all', 'oci:layout:list', 'docker-archive:none.tar'],
      ['copy', 'a'],
      ['--command-timeout', '1ns', 'inspect', tls, `docker://${repository}/one:1`],
    ].map((args) => [args.join(' '), args] as const),
  )('%s: with the same exit code', async (_, args) => {
    const [theirs, own] = [await real(...args), await ours(...args)]
    expect(own.code).toBe(theirs.code)
    expect(own.stdout).toBe(theirs.stdout)
    expect(own.stderr).toMatch(/level=fatal msg=/)
  })
})
