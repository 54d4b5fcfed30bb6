import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, inTerminal, pullImages } from '../support/berth.ts'
import { type Result, run } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage

describe.each(anyone)('archives as %s', (name) => {
  const berth = berthAs(name)
  let folder: string
  const inFolder = (...path: string[]) => join(folder, ...path)
  const idOf = (image: string) => berth('image', 'inspect', '--format', '{{.Id}}', image)

  beforeAll(() => pullImages(berth, images.layers))
  beforeEach(() => {
    folder = mkdtempSync(join(stage.folder, `archives-${name}-`))
    chownSync(folder, berth.user.uid, berth.user.gid)
  })
  afterEach(async () => {
    await clear(berth, false)
    rmSync(folder, { recursive: true, force: true })
  })
  afterAll(() => clear(berth))

  /** A line of shell as the user; every `@` stands for the program with its first arguments. */
  const shell = (line: string): Promise<Result> => {
    const { argv, env } = berth.command()
    const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    const script = `cd ${folder} && ${line.replace(/(^|\s)@(?=\s)/g, (_, before: string) => before + quoted)}`
    return run('sh', ['-c', script], { env })
  }

  test.each(['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'])('save and load as %s keep the id', async (format) => {
    const id = await idOf(images.layers)
    const saved = inFolder('saved')
    expect(await berth('save', '-q', '--format', format, '-o', saved, images.layers)).toBe('')
    await berth('rmi', images.layers)
    const loaded = await berth('load', '-q', '-i', saved)
    // A folder keeps no names, as with podman.
    expect(loaded).toBe(`Loaded image: ${format.endsWith('-dir') ? `sha256:${id}` : images.layers}`)
    expect(await idOf(id)).toBe(id)
    if (format === 'oci-archive')
      expect(await berth('run', '--rm', id, 'sh', '-c', 'ls /data /old')).toContain('/data:\nkept\n\n/old:\nnew')
    await berth('tag', id, images.layers)
    expect(readdirSync(folder)).toEqual(['saved'])
  })

  test('through pipes, compressed on the way, and from a file as standard input', async () => {
    for (const line of [
      `@ save -q ${images.layers} | gzip -1 | @ load`,
      `@ save -q ${images.layers} | xz -0 | @ load -q`,
      `@ save -q --format oci-archive ${images.layers} > x.oci && @ load < x.oci`,
      `@ save -q ${images.layers} | zstd -q > x.zst && @ load -i x.zst`,
    ])
      expect(await shell(line)).toEqual({
        code: 0,
        stdout: `Loaded image: ${images.layers}\n`,
        stderr: line.includes('load -q')
          ? ''
          : expect.stringMatching(/^Getting image source[^]*Copying blob[^]*Writing manifest/),
      })
  })

  test('several images and names in one archive', async () => {
    await pullImages(berth, images.zstd)
    await berth('save', '-q', '-m', '-o', inFolder('many.tar'), images.layers, images.zstd)
    await berth('rmi', images.zstd)
    expect((await berth('load', '-i', inFolder('many.tar'))).split('\n')).toEqual([
      `Loaded image: ${images.layers}`,
      `Loaded image: ${images.zstd}`,
    ])
    await berth('save', '-q', '-o', inFolder('named.tar'), images.layers, 'extra:1')
    expect((await berth('load', '-i', inFolder('named.tar'))).split('\n').toSorted()).toEqual(
      [`Loaded image: ${images.layers}`, 'Loaded image: localhost/extra:1'].toSorted(),
    )
    await berth('rmi', 'extra:1', images.zstd)
  })

  test('save and load refuse with podman’s message and exit code, leaving nothing', async () => {
    writeFileSync(inFolder('taken'), 'something')
    mkdirSync(inFolder('other'))
    writeFileSync(inFolder('other/file'), 'important')
    const out = inFolder('out')
    for (const [args, message] of [
      [['save', '-o', out, 'nobody/nothing:1'], 'image not known'],
      [['save'], 'need at least 1 argument'],
      [['save', '--format', 'zip', '-o', out, images.layers], 'format value must be one of'],
      [['save', '--compress', '-o', out, images.layers], '--compress can only be set when --format is'],
      [['save', '-m', '--format', 'oci-archive', '-o', out, images.layers, images.layers], 'only docker-archive'],
      [['save', '-o', inFolder('taken'), images.layers], "docker-archive doesn't support modifying existing images"],
      [['save', '--format', 'docker-dir', '-o', inFolder('other'), images.layers], "don't want to overwrite important data"],
      [['save', '-o', inFolder('absent/out'), images.layers], 'no such file or directory'],
      [['load', '-i', inFolder('absent')], 'no such file or directory'],
      [['load', '-i', inFolder('taken')], 'payload does not match any of the supported image formats'],
      [['load', '-i', inFolder('other')], 'payload does not match any of the supported image formats'],
      [['export', 'nobody'], 'no container with name or ID "nobody" found'],
      [['save', '-o', inFolder('other'), images.layers], 'is a directory'],
      [['import', inFolder('other')], 'is a directory'],
      [['import', inFolder('absent')], 'no such file or directory'],
      [['import', inFolder('taken')], 'is not usable'],
      [['import', '-c', 'FOO=bar', inFolder('taken')], 'invalid change "FOO=bar" - invalid instruction FOO'],
    ] as const) {
      const { code, stderr, stdout } = await berth.try([...args])
      expect({ args, code, stdout, stderr }).toEqual({ args, code: 125, stdout: '', stderr: expect.stringContaining(message) })
    }
    expect(readdirSync(folder).toSorted()).toEqual(['other', 'taken'])
    expect(readdirSync(inFolder('other'))).toEqual(['file'])
    expect(await inTerminal(berth, ['save', images.layers], '').catch((error: Error) => error.message)).toContain(
      'refusing to save to terminal',
    )
  })

  test('a disk that is full: said so, no half file', async () => {
    const { code, stderr } = await berth.try(['save', '-o', '/dev/full', images.layers])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining('is full') })
    const piped = await shell(`@ save -q ${images.layers} | cat > /dev/full; @ save -q ${images.layers} > /dev/full`)
    expect(piped).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('Error: standard output cannot be written: ENOSPC'),
    })
  })

  test('what is saved to standard output goes without a word, a layout has the name that the image was called by', async () => {
    expect(await shell(`@ save ${images.layers} > quiet.tar`)).toEqual({ code: 0, stdout: '', stderr: '' })
    mkdirSync(inFolder('layout'))
    chownSync(inFolder('layout'), berth.user.uid, berth.user.gid)
    writeFileSync(inFolder('layout/README'), 'mine')
    await berth('save', '-q', '--format', 'oci-archive', '-o', inFolder('l.tar'), images.layers, 'more:1')
    await berth('save', '-q', '--format', 'oci-dir', '-o', inFolder('layout'), images.layers, 'more:1')
    expect(existsSync(inFolder('layout/README'))).toBe(true)
    for (const index of ['tar -xOf l.tar index.json', 'cat layout/index.json']) {
      const { manifests } = JSON.parse((await shell(index)).stdout)
      expect(manifests).toMatchObject([{ annotations: { 'org.opencontainers.image.ref.name': images.layers } }])
    }
  })

  test('a web server that fails is called one, and an image for another platform is made without a warning', async () => {
    const tar = 'mkdir root && touch root/x && tar -C root -cf root.tar .'
    const made = await shell(`${tar} && @ import --os windows --arch arm root.tar far:1 2> told && cat told`)
    expect(made.stdout.split('\n').map((line) => line.replace(/sha256:[0-9a-f]{64}/, 'D'))).toEqual([
      'D',
      'Getting image source signatures',
      'Copying blob D',
      'Copying config D',
      'Writing manifest to image destination',
      '',
    ])
    await berth('rmi', 'far:1')
    const address = 'http://127.0.0.1:1/x.tar?secret=1'
    for (const args of [
      ['import', '-q', address],
      ['load', '-q', '-i', address],
    ])
      expect(await berth.try(args)).toEqual({
        code: 125,
        stdout: '',
        stderr: 'Error: unable to download from http://127.0.0.1:1/x.tar: nothing listens there (connection refused).\n',
      })
    const cut = await shell('head -c 9000 /dev/urandom | gzip > whole.gz && head -c 5000 whole.gz > cut.gz; @ load -i cut.gz')
    expect(cut).toMatchObject({ code: 125, stderr: expect.stringMatching(/^Error: payload does not match .*cut\.gz: .*damaged/) })
    expect(cut.stderr).not.toContain('(null)')
  })

  test('export of a container, stopped and running, becomes an image that runs', async () => {
    const script = 'echo mine > /data/own; ln /data/own /data/twin; rm /data/kept; chmod 4750 /data/own; echo done; sleep 1000'
    await berth('run', '-d', '--name', 'source', images.layers, 'sh', '-c', script)
    await expect.poll(() => berth('logs', 'source'), { timeout: 10_000 }).toBe('done')
    await berth('export', '-o', inFolder('running.tar'), 'source')
    await berth('stop', '-t', '0', 'source')
    const mounts = async () => (await shell(`grep -c ${berth.store} /proc/self/mounts || true`)).stdout
    const before = await mounts()
    expect((await shell('@ export source > stopped.tar')).code).toBe(0)
    expect(await mounts()).toBe(before)
    expect((await shell('tar -tf running.tar > a; tar -tf stopped.tar > b; cmp a b')).code).toBe(0)
    for (const archive of ['running', 'stopped']) {
      const id = await berth('import', '-q', '-c', 'ENV A=b', '-m', 'by hand', inFolder(`${archive}.tar`), 'made:1')
      expect(id).toMatch(/^sha256:[0-9a-f]{64}$/)
      const script = 'cat /data/own; stat -c "%h %a %u" /data/twin; ls /data'
      expect(await berth('run', '--rm', 'made:1', 'sh', '-c', script)).toBe('mine\n2 4750 0\nown\ntwin')
      const [details] = await berth.json('image', 'inspect', 'made:1')
      expect(details).toMatchObject({ Comment: 'by hand', RepoTags: ['localhost/made:1'] })
      await berth('rmi', 'made:1')
    }
  })

  test('import gives the same image for the same file, compressed or not, and from a pipe', async () => {
    await berth('create', '--name', 'source', images.layers)
    await berth('export', '-o', inFolder('x.tar'), 'source')
    const seconds = Math.floor(statSync(inFolder('x.tar')).mtimeMs / 1000)
    expect((await shell(`touch -d @${seconds} x.tar && gzip -k x.tar && touch -r x.tar x.tar.gz`)).code).toBe(0)
    const id = await berth('import', inFolder('x.tar'))
    expect(await berth('import', inFolder('x.tar.gz'))).toBe(id)
    const piped = await shell('cat x.tar.gz | @ import -q - piped:1')
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/) })
    await berth('rmi', id, 'piped:1')
    expect(existsSync(join(berth.store, 'staging')) ? readdirSync(join(berth.store, 'staging')) : []).toEqual([])
  })
})
