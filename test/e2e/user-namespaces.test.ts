import { appendFileSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { must } from '../support/processes.ts'

const stage = inject('stage')
const box = stage.images.busybox

describe.each(everyone)('user namespaces as %s', (name) => {
  const berth = berthAs(name)
  const { uid } = berth.user
  const run = (flags: string, script: string) =>
    berth('run', '--rm', '--network', 'none', ...flags.split(' ').filter(Boolean), box, 'sh', '-c', script)
  /** Lines of a map, without the padding. */
  const mapOf = async (flags: string) =>
    (await run(flags, 'cat /proc/self/uid_map')).split('\n').map((line) => line.trim().split(/\s+/).join(':'))
  const owners = 'stat -c %u:%g / /etc /bin/busybox /dev/shm /etc/hosts; touch /new && stat -c %u:%g /new; echo x >>/etc/hosts'
  const roots = Array.from({ length: 6 }, () => '0:0').join('\n')
  /** Where automatic ids begin: root's account for them, or the first subordinate id as the engine sees it. */
  const first = berth.root ? 2_000_000_000 : 1

  beforeAll(async () => {
    if (berth.root) for (const kind of ['uid', 'gid']) appendFileSync(`/etc/sub${kind}`, 'containers:2000000000:100000\n')
    await pullImages(berth, box, stage.images.server)
  })
  afterAll(() => clear(berth))

  test("automatic ids are nobody else's, are free again after removal, and files have their owners", async () => {
    const one = await berth('run', '-d', '--network', 'none', '--userns', 'auto:size=300', box, 'sleep', '100')
    const other = await berth('create', '--network', 'none', '--userns', 'auto:size=200', box, 'true')
    const ids = (id: string) =>
      berth('inspect', '--format', '{{json .HostConfig.IDMappings.UIDMap}} {{.HostConfig.UsernsMode}}', id)
    expect(await ids(one)).toBe(`["0:${first}:300"] private`)
    expect(await ids(other)).toBe(`["0:${first + 300}:200"] private`)
    expect(await run('--userns auto', owners)).toBe(roots)
    expect(await berth('exec', one, 'sh', '-c', `${owners}; id -u`)).toBe(`${roots}\n0`)
    expect(await run(`--userns container:${one}`, 'cat /proc/self/uid_map')).toMatch(new RegExp(`0\\s+${first}\\s+300`))
    const pid = await berth('inspect', '--format', '{{.State.Pid}}', one)
    expect(await run(`--userns ns:/proc/${pid}/ns/user`, 'id -u; stat -c %u /etc')).toBe('0\n0')
    // An archive has the container's ids.
    const archive = join(berth.user.home, 'archive.tar')
    await berth('export', '-o', archive, one)
    expect(await must('tar', ['--numeric-owner', '-tvf', archive, 'new', 'bin/busybox'])).toMatch(/ 0\/0 .* 0\/0 /s)
    await berth('rm', '-f', '-t', '0', one)
    expect(await mapOf('--userns auto:size=300,uidmapping=5:50000:1')).toEqual([
      `0:${first}:5`,
      `6:${first + 5}:294`,
      '5:50000:1',
    ])
  })

  test('keep-id: the caller has their own ids, or those that they choose', async () => {
    const kept = berth.root ? ['0:0:4294967295'] : ['0:1:200', '200:0:1']
    expect((await mapOf('--userns keep-id:uid=200,gid=210')).slice(0, 2)).toEqual(kept)
    expect(await run('--userns keep-id:uid=200,gid=210', 'id -u; id -g; stat -c %u:%g /etc /')).toBe('200\n210\n0:0\n0:0')
    expect(await run('--userns keep-id', 'id -u; pwd')).toBe(`${uid}\n/`)
    if (!berth.root) expect(await mapOf('--userns keep-id:size=20')).toEqual([`0:1:19`, `${uid}:0:1`])
    const refused = await berth.try(['run', '--rm', '--userns', 'keep-id:color=red', box, 'true'])
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringMatching(/unknown option specified: "color=red"/) })
  })

  test('nomap is for ordinary users: they are nobody inside', async () => {
    const answer = await berth.try(['run', '--rm', '--network', 'none', '--userns', 'nomap', box, 'id', '-u'])
    if (berth.root) expect(answer).toMatchObject({ code: 125, stderr: expect.stringMatching(/only supported in rootless mode/) })
    else expect(answer).toMatchObject({ code: 0, stdout: '0\n' })
  })

  test('--uidmap and --gidmap', async () => {
    expect(await mapOf('--uidmap 0:1:100 --uidmap +50:0:1')).toEqual(['0:1:50', '50:0:1', '51:52:49'])
    expect(await run('--uidmap 0:1:100', owners)).toBe(roots)
    for (const [flags, message] of [
      ['--uidmap 1:1:10', /container ID 0 cannot be mapped/],
      ['--uidmap 0:1:10 --userns keep-id', /mutually exclusive/],
      ['--subuidname nobody', /no subuid ranges found for user "nobody" in \/etc\/subuid/],
      ['--userns bogus', /unrecognized namespace mode bogus passed/],
      ['--userns private', /must provide at least one UID or GID mapping/],
    ] as const)
      expect(await berth.try(['run', '--rm', ...flags.split(' '), box, 'true'])).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(message),
      })
  })

  test('volumes, folders of the host and networks', async () => {
    const folder = join(berth.user.home, 'shown')
    mkdirSync(folder)
    writeFileSync(join(folder, 'file'), '')
    for (const each of [folder, join(folder, 'file')]) chownSync(each, berth.user.uid, berth.user.gid)
    expect(await run('--userns auto -v fresh:/fresh', 'touch /fresh/x; stat -c %u /fresh /fresh/x')).toBe('0\n0')
    expect(await run('--userns keep-id:uid=5,gid=6 -v ' + folder + ':/m', 'stat -c %u:%g /m/file')).toBe(
      berth.root ? '0:0' : '5:6',
    )
    expect(await run(`--userns auto:size=100 -u 7:8 -v ${folder}:/m:U`, 'stat -c %u:%g /m /m/file')).toBe('7:8\n7:8')
    expect(statSync(join(folder, 'file')).uid).not.toBe(berth.user.uid)
    const connected = await berth(
      'run',
      '--rm',
      '--userns',
      'auto',
      box,
      'sh',
      '-c',
      'ls /sys/class/net; cat /etc/resolv.conf >/dev/null',
    )
    expect(connected.split('\n').toSorted()).toEqual(['eth0', 'lo'])
    expect(await berth('run', '--rm', '--userns', 'auto', '--network', 'host', box, 'ls', '/sys/class')).toMatch(/net/)
  })

  test('a pod has one for all of its members', async () => {
    await berth('pod', 'create', '--name', 'apart', '--network', 'none', '--userns', 'auto:size=100')
    await berth('run', '-d', '--pod', 'apart', '--name', 'inside', box, 'sleep', '100')
    expect(await berth('exec', 'inside', 'sh', '-c', 'cat /proc/self/uid_map; stat -c %u /etc')).toMatch(/^\s*0\s+\d+\s+100\n0$/)
    await berth('pod', 'rm', '-f', '-t', '0', 'apart')
  })

  test('nothing is left, and copies of layers go with the next prune', async () => {
    await berth('rm', '-fa', '-t', '0')
    await berth('volume', 'prune', '-f').catch(() => {})
    await berth('image', 'prune', '-f')
    const layers = join(berth.store, 'layers')
    expect(readdirSync(layers).flatMap((id) => readdirSync(join(layers, id)).filter((each) => each === 'mapped'))).toEqual([])
    expect(readdirSync('/tmp').filter((each) => each.startsWith('berth-rootfs-'))).toEqual([])
    expect(await berth('system', 'check')).toBe('')
  })
})
