import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Machine, Result } from './machine.ts'

/** A command may take minutes where the machine has to share its processors. */
const timeout = 300_000

const image = 'localhost/server'
/** Its `httpd` answers at 8080. */
const entrypoint = '["httpd","-f","-v","-h","/var/www","-p","8080"]'
const names = ['a', 'b', 'c']

/**
 * What a machine's control groups, its systemd and its runtime have a part in, as one user, in few steps: each program takes seconds to
 * start there. So what the command line does is looked at through the service that systemd starts, which must see at once what other
 * processes did. Each step builds on the one before.
 *
 * @param archive where the machine has the files of the image
 * @param more further steps
 */
export function coreAs(
  user: 'root' | 'alice',
  machine: () => Machine,
  archive: string,
  more: (caller: Caller) => void = () => {},
): void {
  describe(`the core as ${user}`, { timeout }, () => {
    const caller = callerOf(user, machine)
    const { attempt, berth, systemctl } = caller

    beforeAll(async () => {
      expect(await attempt(`${systemctl} start berth.socket`)).toMatchObject({ code: 0 })
      await berth('import', '-q', '--change', `ENTRYPOINT ${entrypoint}`, archive, image)
    }, timeout)
    afterAll(async () => {
      // With the containers made from them.
      await attempt('/usr/local/bin/berth rmi -a -f')
      await attempt(`${systemctl} stop berth.socket berth.service`)
    }, timeout)

    test('info names the host, its cgroups and the runtime', async () => {
      const { host } = JSON.parse(await berth('info', '--format', 'json'))
      expect(host).toMatchObject({ cgroupVersion: 'v2', cgroupManager: 'systemd', security: { rootless: user !== 'root' } })
      expect(host.ociRuntime.name).toBe('crun')
    })
    oneContainer(caller)
    // A program takes seconds to start there: one user shows it.
    if (user !== 'root') severalContainers(caller)
    more(caller)
    test('nothing is left', async () => {
      // The last thing that a monitor does is a command of ours, which takes seconds there.
      const rounds = `for i in $(seq 30); do left=$(${remains.join('; ')}); [ -z "$left" ] && break; sleep 1; done; echo -n "$left"`
      expect((await attempt(rounds)).stdout).toBe('')
    })
  })
}

/** One user's command line there, and their service. */
interface Caller {
  attempt(command: string): Promise<Result>
  /** Runs `berth`, which must succeed; returns what it printed. */
  berth(...args: string[]): Promise<string>
  /** What the service says of a path of the libpod API. */
  look(path: string): Promise<any> // oxlint-disable-line no-explicit-any -- tests look into whatever comes
  state(container: string): Promise<{ Status: string; Running: boolean; Checkpointed?: boolean }>
  containers(): Promise<string[]>
  systemctl: string
}

function callerOf(user: 'root' | 'alice', machine: () => Machine): Caller {
  const socket = user === 'root' ? '/run/berth/berth.sock' : '$XDG_RUNTIME_DIR/berth/berth.sock'
  const attempt = (command: string): Promise<Result> => machine().run(command, { user, timeout })
  const look = async (path: string) => {
    const { stdout, stderr } = await attempt(`curl -sSf --unix-socket ${socket} 'http://d/v5.0.0/libpod/${path}'`)
    expect(stdout, `${user}: ${path}: ${stderr}`).not.toBe('')
    return JSON.parse(stdout)
  }
  return {
    attempt,
    look,
    systemctl: user === 'root' ? 'systemctl' : 'systemctl --user',
    berth: async (...args) => {
      const command = `/usr/local/bin/berth ${args.map(quoted).join(' ')}`
      const result = await attempt(command)
      expect(result, `${user}: ${command}: ${result.stderr}`).toMatchObject({ code: 0 })
      return result.stdout.trimEnd()
    },
    state: async (container) => (await look(`containers/${container}/json`)).State,
    containers: async () =>
      ((await look('containers/json?all=true')) as { Names: string[] }[]).flatMap((each) => each.Names).toSorted(),
  }
}

function oneContainer({ attempt, berth, look, state, containers }: Caller): void {
  test('run -d with a port and limits: it answers, and ps, top and stats know it', async () => {
    await berth('run', '-d', '--name', 'web', '-p', '127.0.0.1:18080:8080', '--memory', '64m', '--cpus', '0.5', image)
    const page = await attempt('for i in $(seq 50); do curl -sf http://127.0.0.1:18080/ && break; sleep 0.2; done')
    expect(page.stdout).toBe('served by berth\n')
    expect(await berth('ps', '--format', '{{.Names}} {{.State}}')).toBe('web running')
    expect(JSON.stringify((await look('containers/web/top')).Processes)).toContain('httpd')
    const [sample] = (await look('containers/stats?stream=false&containers=web')).Stats
    expect(sample).toMatchObject({ Name: 'web', MemLimit: 64 * 1024 * 1024 })
  })

  test('exec has its exit code', async () => {
    const exec = await attempt(`/usr/local/bin/berth exec web sh -c 'echo inside; exit 3'`)
    expect(exec).toMatchObject({ code: 3, stdout: 'inside\n' })
  })

  test('pause and unpause', async () => {
    await berth('pause', 'web')
    expect((await state('web')).Status).toBe('paused')
    await berth('unpause', 'web')
    expect((await state('web')).Status).toBe('running')
  })

  test('stop, start, remove by force', async () => {
    await berth('stop', '-t', '0', 'web')
    expect((await state('web')).Running).toBe(false)
    await berth('start', 'web')
    expect((await state('web')).Running).toBe(true)
    await berth('rm', '-f', '-t', '0', 'web')
    expect(await containers()).toEqual([])
  })
}

function severalContainers({ berth, look, containers }: Caller): void {
  test('a pod and its member', async () => {
    await berth('pod', 'create', '--name', 'crew')
    await berth('run', '-d', '--pod', 'crew', '--name', 'member', image)
    expect(await look('pods/json')).toMatchObject([{ Name: 'crew', Status: 'Running' }])
    await berth('pod', 'rm', '-f', '-t', '0', 'crew')
    expect(await containers()).toEqual([])
  })

  test('three at once', async () => {
    await Promise.all(names.map((each) => berth('run', '-d', '--name', each, '--entrypoint', 'sleep', image, '1000')))
    expect(await containers()).toEqual(names)
    await berth('rm', '-f', '-t', '0', ...names)
    expect(await containers()).toEqual([])
  })
}

/** Of root alone. */
export function checkpoints({ attempt, berth, state }: Caller): void {
  test('checkpoint and restore keep what was in memory', async () => {
    const count = async () => Number((await attempt('cat /root/counted/count')).stdout)
    // Renamed: a file that is being written is empty for a moment.
    const script = 'i=0; while :; do i=$((i + 1)); echo $i >/m/next; mv /m/next /m/count; sleep 0.05; done'
    await attempt('mkdir -p /root/counted')
    await berth('run', '-d', '--name', 'counter', '-v', '/root/counted:/m', '--entrypoint', 'sh', image, '-c', script)
    await attempt('until [ "$(cat /root/counted/count)" -gt 20 ]; do sleep 0.2; done')
    await berth('container', 'checkpoint', 'counter')
    const before = await count()
    expect(await state('counter')).toMatchObject({ Running: false, Checkpointed: true })
    await berth('container', 'restore', 'counter')
    await attempt(`while [ "$(cat /root/counted/count)" = ${before} ]; do sleep 0.2; done`)
    // Begun from the start it would be 1.
    expect(await count()).toBeGreaterThan(before)
    expect((await state('counter')).Running).toBe(true)
    await berth('rm', '-f', '-t', '0', 'counter')
  })
}

/** Say what containers that were removed have left. */
const remains = [
  'pgrep -a conmon',
  'grep -E "/containers/[0-9a-f]{64}/" /proc/self/mountinfo',
  'find /sys/fs/cgroup -type d | grep -E "[0-9a-f]{64}"',
  'ls -d /run/berth/netns/* /run/netns/* $XDG_RUNTIME_DIR/berth/netns/* 2>/dev/null | grep -E "[0-9a-f]{64}"',
]

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
