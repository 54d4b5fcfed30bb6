import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { must, run } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'

const stage = inject('stage')
const { images } = stage

// Root's can be mounted where everyone sees it.
describe.each(everyone.slice(0, 1))('images of the store as %s', (name) => {
  const berth = berthAs(name)
  beforeAll(() => pullImages(berth, images.busybox, images.layers))
  afterAll(() => clear(berth))

  test('lists are filtered, sorted and shaped', async () => {
    await berth('tag', images.busybox, 'localhost/one:1', 'two')
    const [busybox] = await berth.json('image', 'inspect', images.busybox)
    expect(await berth('images', '-q', '--no-trunc', '-f', 'reference=localhost/*')).toBe(`sha256:${busybox.Id}`)
    expect(await berth('images', '-n', '--format', '{{.Repository}}:{{.Tag}}', '-f', 'reference!=layers')).not.toContain('layers')
    const row = (await berth('images', '--format', '{{.Repository}}|{{.Tag}}|{{.Id}}|{{.IsReadOnly}}', 'one')).split('\n')
    expect(row).toContain(`localhost/one|1|${busybox.Id}|false`)
    const list = await berth.json('images', '--format', 'json', '--sort', 'id')
    const ids = list.map(({ Id }: { Id: string }) => Id)
    expect(ids).toEqual(ids.toSorted())
    expect((await berth.try(['images', '-f', 'nonsense=1'])).stderr).toContain('nonsense')
    expect((await berth.try(['images', '--sort', 'nonsense'])).code).toBe(125)
    await berth('untag', images.busybox, 'localhost/one:1', 'two')
  })

  test('the size that images share is that of the layers they share, and df counts it once', async () => {
    const list = await berth.json('images', '--format', 'json')
    const layers = await berth.json('image', 'inspect', images.layers)
    expect(new Set(list.map(({ SharedSize }: { SharedSize: number }) => SharedSize)).size).toBe(1)
    const { SharedSize: shared, Size: whole } = list.find(({ Id }: { Id: string }) => Id === layers[0].Id)
    expect(shared).toBeGreaterThan(0)
    expect(shared).toBeLessThan(whole)
    const [row] = await berth.json('system', 'df', '--format', 'json')
    const sizes = list.map(({ Size }: { Size: number }) => Size)
    expect(row.RawSize).toBe(sizes[0] + sizes[1] - shared)
    expect(row.RawReclaimable).toBe(row.RawSize)
    await berth('create', '--name', 'user', images.layers, 'true')
    const [used] = await berth.json('system', 'df', '--format', 'json')
    expect(used).toMatchObject({ Total: 2, Active: 1, RawSize: row.RawSize, RawReclaimable: row.RawSize - whole })
    await berth('tag', images.layers, 'again')
    const lines = (await berth('system', 'df', '--format', 'json')).split('\n')
    // Names count, and each kind has a line.
    expect(lines).toHaveLength(5)
    expect(JSON.parse(lines[1]!.replace(/,$/, ''))).toMatchObject({ Total: 3, Active: 2, RawSize: row.RawSize })
    await berth('untag', images.layers, 'again')
    await berth('rm', 'user')
    expect(await berth('system', 'df', '-v')).toMatch(/SHARED SIZE/)
    expect((await berth.try(['system', 'df', '-v', '--format', 'json'])).code).toBe(125)
  })

  test('history, tree and diff', async () => {
    const [{ Id: id }] = await berth.json('image', 'inspect', images.layers)
    const steps = await berth.json('history', '--format', 'json', images.layers)
    expect(steps[0]).toMatchObject({ id, tags: [images.layers] })
    expect((await berth('history', '-q', '--no-trunc', images.layers)).split('\n')).toHaveLength(steps.length)
    const [row] = (await berth('history', '--format', '{{json .}}', images.layers)).split('\n')
    expect(Object.keys(JSON.parse(row!)).slice(0, 3)).toEqual(['id', 'created', 'CreatedBy'])
    const shown = await berth(
      'image',
      'inspect',
      '-f',
      '{{.Created}}|{{(index .History 0).CreatedBy}}|{{.HealthCheck}}',
      images.layers,
    )
    expect(shown).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000 UTC\|.*\|<nil>$/)
    expect(await berth('info', '--format', '{{json .Store.ImageStore}}')).toMatch(/^\{"number":\d+\}$/)
    const tree = await berth('image', 'tree', images.layers)
    expect(tree.match(/(?:├──|└──) ID: /g)).toHaveLength(3)
    expect(tree).toContain(`Top Layer of: [${images.busybox}]`)
    expect(await berth('image', 'tree', '--whatrequires', images.busybox)).toContain(`Top Layer of: [${images.layers}]`)
    expect((await berth('image', 'diff', images.layers)).split('\n')).toEqual(
      expect.arrayContaining(['D /data/gone', 'A /old/new', 'D /old/file']),
    )
    const against = await berth.json('image', 'diff', '--format', 'json', images.layers, images.busybox)
    expect(against.added).toEqual(expect.arrayContaining(['/data', '/data/kept', '/old/new']))
    expect(against.added).not.toContain('/data/gone')
  })

  test('what is missing has podman’s exit codes', async () => {
    expect((await berth.try(['image', 'exists', 'nobody/nothing'])).code).toBe(1)
    for (const command of [['image', 'inspect'], ['history'], ['image', 'tree'], ['image', 'diff'], ['untag']]) {
      const { code, stderr } = await berth.try([...command, 'nobody/nothing'])
      expect([command.join(' '), code, stderr]).toEqual([command.join(' '), 125, expect.stringContaining('image not known')])
    }
    const mixed = await berth.try(['image', 'inspect', 'nobody/nothing', images.busybox, '--format', '{{.Id}}'])
    expect(mixed).toMatchObject({ code: 125, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) })
  })

  // As podman 5.4.2 has it, step by step.
  test('an image’s newest name comes first, and its history keeps those that are gone', async () => {
    const names = async (field: string) =>
      (await berth('image', 'inspect', images.busybox, '--format', `{{join .${field} " "}}`)).split(' ')
    const before = await names('RepoTags')
    await berth('tag', images.busybox, 'zeta:1', 'alpha')
    expect((await names('RepoTags')).slice(0, 2)).toEqual(['localhost/alpha:latest', 'localhost/zeta:1'])
    const rows = (await berth('images', '--format', '{{.Repository}}', 'zeta')).split('\n')
    expect(rows.slice(0, 2)).toEqual(['localhost/alpha', 'localhost/zeta'])
    await berth('tag', images.busybox, 'zeta:1')
    expect((await names('RepoTags'))[0]).toBe('localhost/zeta:1')
    await berth('untag', images.busybox, 'zeta:1', 'alpha')
    expect(await names('RepoTags')).toEqual(before)
    expect((await names('NamesHistory')).slice(0, before.length + 2)).toEqual([
      ...before.toReversed(),
      'localhost/alpha:latest',
      'localhost/zeta:1',
    ])
    for (const wrong of ['alpha:', 'docker://alpha', 'Alpha', 'alpha@x'])
      expect((await berth.try(['tag', images.busybox, wrong])).code, wrong).toBe(125)
  })

  test('what was given twice goes once, a digest takes no name of several, and the exit code tells why', async () => {
    const [{ Id: id }] = await berth.json('image', 'inspect', images.busybox)
    await berth('tag', images.busybox, 'localhost/other:1')
    const [{ RepoDigests: digests }] = await berth.json('image', 'inspect', images.busybox)
    const byDigest = await berth.try(['rmi', digests.find((each: string) => each.startsWith('localhost/other@'))])
    expect(byDigest).toMatchObject({ code: 125, stdout: '' })
    await berth('create', '--name', 'user', images.busybox, 'true')
    expect(await berth.try(['rmi', '--all'])).toMatchObject({ code: 2, stderr: expect.stringContaining('in use') })
    expect((await berth.json('image', 'inspect', id))[0].RepoTags).toEqual(['localhost/other:1', images.busybox])
    await berth('rm', 'user')
    await berth('untag', images.busybox, 'localhost/other:1')
    expect(await berth('rmi', id, images.busybox, id.slice(0, 12))).toBe(`Untagged: ${images.busybox}\nDeleted: ${id}`)
    expect(await berth.try(['rmi', 'nobody/nothing', 'nobody/else'])).toMatchObject({
      code: 1,
      stderr: 'Error: 2 errors occurred:\n\t* nobody/nothing: image not known\n\t* nobody/else: image not known\n',
    })
    expect(await berth('rmi', '-f', 'nobody/nothing')).toBe('')
    await pullImages(berth, images.busybox, images.layers)
  })

  test('untag takes one name, or all, and leaves the image', async () => {
    await berth('tag', images.busybox, 'localhost/one:1', 'localhost/three:3')
    expect((await berth.try(['untag', 'localhost/one:1', 'localhost/other:1'])).stderr).toContain('tag not known')
    await berth('untag', 'localhost/one:1', 'localhost/three:3')
    const [{ Id: id, RepoTags }] = await berth.json('image', 'inspect', 'localhost/one:1')
    expect(RepoTags).not.toContain('localhost/three:3')
    await berth('untag', images.busybox)
    expect(await berth('images', '-a', '-q', '--no-trunc', '-f', 'label!=x')).toContain(id)
    expect((await berth.try(['image', 'exists', images.busybox])).code).toBe(1)
    await berth('tag', id, images.busybox)
  })

  test.each(berth.root ? [name] : [])('mounts are read-only, counted, and go with the image', async () => {
    const path = await berth('image', 'mount', images.layers)
    expect(readFileSync(join(path, 'data/kept'), 'utf8')).toBe('kept')
    expect(existsSync(join(path, 'data/gone'))).toBe(false)
    expect(() => writeFileSync(join(path, 'x'), '')).toThrow(/EROFS/)
    await berth('image', 'mount', images.layers)
    const [mounted] = await berth.json('image', 'mount', '--format', 'json')
    expect(mounted).toMatchObject({ Repositories: [images.layers], mountpoint: path })
    await berth('image', 'unmount', images.layers)
    expect(existsSync(join(path, 'data/kept'))).toBe(true)
    await berth('image', 'umount', images.layers)
    expect(existsSync(path)).toBe(false)
    expect(await berth('image', 'unmount', images.layers)).toBe('')
    const mixed = await berth.try(['image', 'mount', images.layers, 'nobody/nothing'])
    expect(mixed).toMatchObject({ code: 125, stdout: '' })
    expect(await berth('image', 'mount')).toBe('')
    await berth('image', 'mount', images.layers)
    await berth('rmi', '-f', images.layers)
    expect(existsSync(path)).toBe(false)
    expect(existsSync(join(berth.run, 'image-mounts'))).toBe(false)
    await pullImages(berth, images.layers)
  })

  test('scp to and from another host, through whatever ssh is in the path', async () => {
    const folder = join(berth.root ? stage.folder : berth.user.home, 'scp')
    // A host of its own: the same program with another store.
    const far = [join(stage.dist, 'bin/berth'), '--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
    mkdirSync(join(folder, 'far'), { recursive: true })
    writeFileSync(join(folder, 'far/berth'), `#!/bin/sh\nexec ${far.join(' ')} "$@"\n`, { mode: 0o755 })
    writeFileSync(
      join(folder, 'ssh'),
      `#!/bin/sh\necho "$*" >>${folder}/asked\nwhile [ "$1" != -- ]; do shift; done\nPATH=${folder}/far:$PATH exec sh -c "$3"\n`,
      { mode: 0o755 },
    )
    await must('chown', ['-R', `${berth.user.uid}:${berth.user.gid}`, folder])
    const env = { PATH: `${folder}:${process.env.PATH}` }
    try {
      const sent = await berth.try(['image', 'scp', images.layers, 'someone@far:2222::'], { env })
      expect(sent).toMatchObject({ code: 0, stdout: `Loaded image: ${images.layers}\n` })
      expect(readFileSync(join(folder, 'asked'), 'utf8')).toMatch(/-l someone -p 2222.* -- far /)
      const [{ Id: id }] = await berth.json('image', 'inspect', images.layers)
      await berth('rmi', images.layers)
      expect(await berth.try(['image', 'scp', `far::${images.layers}`], { env })).toMatchObject({ code: 0 })
      expect(await berth('images', '-q', '--no-trunc', images.layers)).toBe(`sha256:${id}`)
      const missing = await berth.try(['image', 'scp', 'far::nobody/nothing:1'], { env })
      expect(missing).toMatchObject({ code: 125, stderr: expect.stringContaining('image not known') })
    } finally {
      const [program, ...rest] = [...become(berth.user), ...far, 'rmi', '-a', '-f']
      await run(program!, rest, { env: environment(berth.user) })
      await must('rm', ['-rf', folder])
    }
    for (const wrong of ['-oProxyCommand=x::a', 'a b::c', 'h::a;b', 'h::'])
      expect((await berth.try(['image', 'scp', '--', wrong])).code).toBe(125)
  })
})

test.each(everyone.filter((name) => name !== 'root'))(
  'as %s a mount that would be invisible is refused with a message',
  async (name) => {
    const berth = berthAs(name)
    await pullImages(berth, images.busybox)
    const { code, stderr } = await berth.try(['image', 'mount', images.busybox])
    expect({ code, stderr }).toEqual({ code: 125, stderr: expect.stringContaining('rootless mode') })
    await clear(berth)
  },
)
