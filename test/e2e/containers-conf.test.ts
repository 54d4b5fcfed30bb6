import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { anyone, berthAs, clear, pullImages, withEnvironment } from '../support/berth.ts'
import { must } from '../support/processes.ts'

// containers.conf says what every container is like unless its command says otherwise.

const stage = inject('stage')
const { busybox } = stage.images

const conf = (folder: string) => `[containers]
annotations = ["conf.a=b"]
container_name_as_hostname = true
devices = ["/dev/null:/dev/mine"]
env = ["CONF=1", {append=true}]
host_containers_internal_ip = "10.1.2.3"
label = false
log_path = "${folder}/logs"
mounts = ["type=tmpfs,destination=/conf"]
umask = "0027"
utsns = "private"
volumes = ["${folder}/data:/data:ro"]
[engine]
conmon_env_vars = ["CONMON_OF_CONF=1"]
hooks_dir = ["${folder}/hooks"]
healthcheck_events = false
events_logger = "journald"
`

describe.each(anyone)('containers.conf as %s', (name) => {
  const folder = join(stage.folder, `conf-${name}`)
  const file = (path: string) => join(folder, path)
  const plain = berthAs(name)
  const berth = withEnvironment(plain, { CONTAINERS_CONF: file('containers.conf') })

  // What the administrator, or the user, gives every container.
  const mountsConf = plain.root ? '/etc/containers/mounts.conf' : join(plain.user.home, '.config/containers/mounts.conf')

  beforeAll(async () => {
    await must('install', ['-D', '-m', '644', '/dev/null', mountsConf])
    writeFileSync(mountsConf, `${folder}/data:/run/secrets\n${folder}/none:/none\n`)
    for (const each of ['data', 'hooks', 'logs']) mkdirSync(file(each), { recursive: true, mode: 0o755 })
    writeFileSync(file('containers.conf'), conf(folder))
    writeFileSync(file('module.conf'), '[containers]\nenv = ["MODULE=1"]\numask = "0077"\n')
    writeFileSync(file('data/file'), 'of the host\n')
    writeFileSync(file('hook.sh'), `#!/bin/sh\ncat >${file('data')}/state-$1\n`)
    chmodSync(file('hook.sh'), 0o755)
    const hook = {
      version: '1.0.0',
      hook: { path: file('hook.sh'), args: ['hook', 'told'] },
      when: { annotations: { '^conf': '^b$' } },
    }
    writeFileSync(file('hooks/mine.json'), JSON.stringify({ ...hook, stages: ['poststart'] }))
    await must('chown', ['-R', `${plain.user.uid}`, folder])
    await pullImages(plain, busybox)
  })
  afterAll(async () => {
    await clear(plain)
    rmSync(mountsConf)
    rmSync(folder, { recursive: true, force: true })
  })

  test('its settings and modules take effect, and what the command says wins', async () => {
    const script =
      'umask; hostname; echo $CONF$MODULE; ls /dev/mine; cat /data/file; (: >/data/x) 2>&1; grep -c " /conf " /proc/mounts; grep host.containers /etc/hosts; cat /run/secrets/file; echo own >/run/secrets/file'
    const run = (...args: string[]) =>
      berth('run', '--rm', '--name', 'my_conf', '--network', 'none', ...args, busybox, 'sh', '-c', script)
    const lines = (await run()).split('\n')
    expect(lines).toEqual([
      '0027',
      'myconf',
      '1',
      '/dev/mine',
      'of the host',
      expect.stringMatching(/Read-only/),
      '1',
      expect.stringMatching(/^10\.1\.2\.3\s/),
      'of the host',
    ])
    expect(await must('cat', [file('data/file')])).toBe('of the host\n')
    const [umask, hostname] = (await run('--umask', '0022', '-h', 'other')).split('\n')
    expect([umask, hostname]).toEqual(['0022', 'other'])
    const module = await berth.try([
      '--module',
      file('module.conf'),
      'run',
      '--rm',
      '--network',
      'none',
      busybox,
      'sh',
      '-c',
      'umask; echo $CONF$MODULE',
    ])
    expect(module).toMatchObject({ code: 0, stdout: '0077\n11\n' })
    for (const args of [['ps'], ['create', busybox]])
      expect(await berth.try(['--module', 'none.conf', ...args])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/could not resolve module "none.conf"/),
      })
  })

  test('hooks are run, logs kept where it says, and a setting without effect is said at debug level', async () => {
    await berth('run', '-d', '--name', 'kept', '--network', 'none', busybox, 'sh', '-c', 'echo logged; sleep 100')
    const { Id, State } = (await berth.json('inspect', 'kept'))[0]
    const state = JSON.parse(await must('cat', [file('data/state-told')])) as { id: string; pid: number }
    expect(state).toMatchObject({ id: Id, pid: State.Pid })
    expect(await must('cat', [file(`logs/${Id}/ctr.log`)])).toMatch(/ stdout F logged\n$/)
    await berth('rm', '-f', '-t', '0', 'kept')
    expect(await must('ls', [file('logs')])).toBe('')
    writeFileSync(file('containers.conf'), `${conf(folder)}\n# read again\n`)
    const { stderr } = await berth.try(['--log-level', 'debug', 'create', '--network', 'none', busybox])
    expect(stderr).toMatch(/engine\.events_logger in .*containers\.conf has no effect/)
    expect((await berth.try(['create', '--network', 'none', busybox])).stderr).toBe('')
  })
})
