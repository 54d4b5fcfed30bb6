import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Berth, berthAs, clear, everyone, pullImages } from '../support/berth.ts'
import { unified } from '../support/cgroups.ts'
import { run } from '../support/processes.ts'

const stage = inject('stage')
const { images } = stage

/**
 * Says what a process can change of the cgroups it sees: any file that limits, freezes or moves, and any folder below a
 * controller; and how the mounts in sight are mounted. (`:` would end the shell where it may not write.)
 */
const attack = `
for file in $(busybox find /sys/fs/cgroup -name 'memory.limit_in_bytes' -o -name 'memory.max' -o -name 'freezer.state' -o -name 'cgroup.freeze' \
  -o -name 'cgroup.procs' -o -name 'pids.max' -o -name 'cpu.shares' -o -name 'release_agent'); do
  { true >>$file; } 2>/dev/null && echo "writes $file"
done
for folder in $(busybox find /sys/fs/cgroup -mindepth 1 -type d); do
  mkdir $folder/made 2>/dev/null && busybox rmdir $folder/made && echo "makes $folder/made"
done
[ -e /sys/fs/cgroup/cgroup.procs ] && mkdir /sys/fs/cgroup/made 2>/dev/null && echo "makes /sys/fs/cgroup/made"
busybox awk '$5 ~ "^/sys" { for (place in seen) if (index(place, $5 "/") == 1) delete seen[place]; seen[$5] = $6 } END { for (place in seen) print "mount " place " " seen[place] }' /proc/self/mountinfo
`

/** What {@link attack} could do, and the mounts that can be written to; with version 1 the trees stand in a tmpfs of the container's own. */
function findings(text: string): string[] {
  const own = unified ? 'mount /sys/fs/cgroup ?' : 'mount /sys/fs/cgroup rw'
  return text.split('\n').filter((line) => /^(writes|makes) |^mount \S+ rw\b/.test(line) && !line.startsWith(own))
}

describe.each(everyone)('cgroups in a container of %s', (name) => {
  const berth = berthAs(name)
  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  const within = (...flags: string[]) => berth('run', '--rm', ...flags, images.busybox, 'sh', '-c', attack)

  test.each([
    ['as it comes', ['--network', 'none']],
    ['with a cgroup namespace of its own', ['--network', 'none', '--cgroupns', 'private']],
    ["with the host's cgroup namespace", ['--network', 'none', '--cgroupns', 'host']],
    ["with the host's processes", ['--network', 'none', '--pid', 'host']],
    ["with the host's network", ['--network', 'host']],
    ["with the host's network and a cgroup namespace of its own", ['--network', 'host', '--cgroupns', 'private']],
  ])('%s are read-only', async (_, flags) => {
    const text = await within(...flags)
    expect(text).toMatch(/^mount \/sys\/fs\/cgroup/m)
    expect(findings(text)).toEqual([])
  })

  test('of a privileged one can be written', async () => {
    // The test can fail: this is what it looks like.
    expect(findings(await within('--network', 'none', '--privileged'))).not.toEqual([])
  })
})

/** Runs berth as root in a mount namespace of its own, after these shell commands. */
async function after(commands: string, berth: Berth, ...args: string[]) {
  const { argv, env } = berth.command(...args)
  const shell = ['-m', '--propagation', 'private', 'sh', '-c', `${commands}; exec "$@"`, 'sh', ...argv]
  return await run('unshare', shell, { env, cwd: '/' })
}

describe('seccomp', () => {
  const berth = berthAs('root')
  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test('confines also where the host has no profile, and info says whose it is', async () => {
    const hidden = ['/usr/share/containers', '/etc/containers'].filter((folder) => existsSync(folder))
    const hide = hidden.map((folder) => `mount -t tmpfs none ${folder}`).join(' && ') || 'true'
    const status = ['run', '--rm', '--network', 'none', images.busybox, 'grep', 'Seccomp:', '/proc/self/status']
    expect((await after(hide, berth, ...status)).stdout).toMatch(/Seccomp:\s+2/)
    const info = await after(hide, berth, 'info', '--format', 'json')
    expect(JSON.parse(info.stdout).host.security.seccompProfilePath).toBe('builtin')
  })
})

/** What an image may hold in place of its files, each with what the refusal says of it. */
const hostile: readonly { kind: string; file: string; make: (place: string) => void; says: string; root?: boolean }[] = [
  { kind: 'fifo', file: 'passwd', make: (place) => void execFileSync('mkfifo', [place]), says: 'it is a fifo' },
  { kind: 'group-fifo', file: 'group', make: (place) => void execFileSync('mkfifo', [place]), says: 'it is a fifo' },
  { kind: 'folder', file: 'passwd', make: (place) => mkdirSync(place), says: 'it is a folder' },
  {
    kind: 'terminal-link',
    file: 'passwd',
    make: (place) => symlinkSync('/dev/stdin', place),
    says: 'it is a link to /dev/stdin',
  },
  { kind: 'giant', file: 'passwd', make: giant, says: 'it is larger than 4 MiB' },
  {
    kind: 'zero',
    file: 'passwd',
    make: (place) => void execFileSync('mknod', [place, 'c', '1', '5']),
    says: 'it is a character device',
    root: true,
  },
  {
    kind: 'disk',
    file: 'passwd',
    make: (place) => void execFileSync('mknod', [place, 'b', '254', '0']),
    says: 'it is a block device',
    root: true,
  },
]

function giant(place: string): void {
  writeFileSync(place, '')
  truncateSync(place, 5 * 1024 * 1024)
}

/** An archive of a root file system with one file of /etc replaced. */
function hostileArchive(scratch: string, file: string, make: (place: string) => void): string {
  const root = mkdtempSync(join(scratch, 'root-'))
  chmodSync(root, 0o755)
  for (const folder of ['bin', 'etc']) mkdirSync(join(root, folder))
  cpSync('/usr/bin/busybox', join(root, 'bin/busybox'))
  symlinkSync('busybox', join(root, 'bin/id'))
  for (const name of ['passwd', 'group'].filter((each) => each !== file)) writeFileSync(join(root, 'etc', name), 'root:x:0:\n')
  make(join(root, 'etc', file))
  execFileSync('tar', ['-C', root, '-cf', `${root}.tar`, '.'])
  chmodSync(`${root}.tar`, 0o644)
  return `${root}.tar`
}

describe.each(everyone)('hostile images of %s', (name) => {
  const berth = berthAs(name)
  let scratch: string
  beforeAll(() => {
    scratch = mkdtempSync(join(stage.folder, 'hostile-'))
    chmodSync(scratch, 0o755)
  })
  afterAll(async () => {
    await clear(berth)
    rmSync(scratch, { recursive: true, force: true })
  })

  test.each(hostile.filter(({ root }) => !root || berth.root))(
    '$file as $kind: one sentence, nothing hangs, nothing is left',
    async (row) => {
      await berth('import', '-q', hostileArchive(scratch, row.file, row.make), row.kind)
      for (const user of [[], ['-u', 'root']]) {
        const refused = await berth.try(['run', '--rm', '--network', 'none', ...user, row.kind, '/bin/id'], { timeout: 30_000 })
        expect(refused.stderr.trim().split('\n')).toEqual([
          `Error: /etc/${row.file} in the container's file system cannot be read: ${row.says}; use another image.`,
        ])
        // Podman's code for a container that was made and cannot be started.
        expect(refused.code).toBe(126)
      }
      expect(await berth('ps', '-aq')).toBe('')
      const id = await berth('create', '--name', 'hostile', '--network', 'none', row.kind, '/bin/id')
      expect((await berth.try(['start', 'hostile'], { timeout: 30_000 })).code).toBe(125)
      expect(await berth('rm', '-f', 'hostile')).toMatch(new RegExp(`hostile|${id}`))
      expect(await berth('ps', '-aq')).toBe('')
    },
  )

  test.each(berth.root ? [name] : [])('a device does no harm to who runs by number, and stays closed', async () => {
    expect(await berth('run', '--rm', '--network', 'none', '-u', '5:6', 'zero', '/bin/id')).toMatch(/^uid=5 gid=6/)
    const opened = await berth.try([
      'run',
      '--rm',
      '--network',
      'none',
      '--privileged',
      '-u',
      '0:0',
      'zero',
      '/bin/busybox',
      'head',
      '-c1',
      '/etc/passwd',
    ])
    expect(opened.stderr).toMatch(/Permission denied/)
  })
})

describe('run-time folders', () => {
  const berth = berthAs('root')
  beforeAll(() => pullImages(berth, images.busybox))
  afterAll(() => clear(berth))

  test("namespaces and networks' files are root's alone, also where an older version left them open", async () => {
    const folders = ['netns', 'networks'].map((each) => join(berth.run, each))
    for (const folder of folders) {
      mkdirSync(folder, { recursive: true })
      chmodSync(folder, 0o755)
    }
    await berth('run', '-d', '--name', 'connected', images.busybox, 'sleep', '1000')
    expect(folders.map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700])
    expect(await berth('exec', 'connected', 'ip', 'addr')).toMatch(/eth0/)
  })
})
