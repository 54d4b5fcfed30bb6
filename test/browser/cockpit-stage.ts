import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { type Service, startInNamespace } from './processes.ts'

// A real Cockpit, whose server and bridge are Debian's, with an engine behind it.

const stage = inject('stage')

/** The engine under test, in a namespace where /run is this test's own. */
export interface Side {
  name: string
  program: string[]
  serve: string[]
}

export const sides: readonly Side[] = [
  { name: 'our engine', program: [join(stage.dist, 'bin/berth')], serve: ['system', 'service', '--time', '0'] },
  {
    name: 'real Podman',
    program: ['podman', ...podmanFlags(join(stage.folder, 'podman'))],
    serve: ['system', 'service', '--time', '0', 'unix:///run/podman/podman.sock'],
  },
]

/** A store of its own, and what Podman needs where it can use neither systemd nor cgroup v2. */
function podmanFlags(folder: string): string[] {
  const own = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')]
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return own
  return [...own, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file']
}

/**
 * The whole stage as one shell script, which ends everything it started on SIGTERM: a bus, the engine's service with an
 * image and a container, and Cockpit's own server. Podman's locks are in /dev/shm, whatever its root is.
 */
function script({ program, serve }: Side, folder: string, port: number): string {
  const call = program.join(' ')
  return `
    bus= service= cockpit=
    finish() {
      trap - TERM
      kill $cockpit
      ${call} rm -f -t 0 -a >/dev/null
      kill $service $bus
      wait
      exit
    }
    trap finish TERM
    mount -t tmpfs tmpfs /dev/shm
    dbus-daemon --session --nofork --nopidfile --nosyslog --address=unix:path=${folder}/bus & bus=$!
    ${call} ${serve.join(' ')} & service=$!
    ${call} pull -q --tls-verify=false ${stage.images.server}
    ${call} create --name from-the-shell --network none ${stage.images.server}
    /usr/lib/cockpit/cockpit-ws --no-tls --address=127.0.0.1 --port=${port} --local-session=${folder}/bridge & cockpit=$!
    wait`
}

/**
 * What Cockpit's server starts for a session. Cockpit's bridge ends when it finds no buses; it sets HOME itself, from
 * the account, but looks for packages in XDG_DATA_HOME first.
 */
function writeBridge(folder: string): void {
  mkdirSync(join(folder, 'data/cockpit'), { recursive: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  // cockpit-podman starts a unit first, where there is no systemd.
  writeFileSync(join(folder, 'bin/systemctl'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  symlinkSync(join(stage.dist, 'page'), join(folder, 'data/cockpit/berth'))
  const bus = `unix:path=${folder}/bus`
  const lines = [
    '#!/bin/sh',
    `export DBUS_SYSTEM_BUS_ADDRESS=${bus} DBUS_SESSION_BUS_ADDRESS=${bus} XDG_DATA_HOME=${folder}/data`,
    `export PATH=${folder}/bin:$PATH`,
    'exec /usr/bin/cockpit-bridge "$@"',
  ]
  writeFileSync(join(folder, 'bridge'), `${lines.join('\n')}\n`, { mode: 0o755 })
}

/** Starts Cockpit with an engine in a folder of its own. The caller stops the service. */
export async function startCockpit(side: Side, folder: string): Promise<{ service: Service; url: string }> {
  writeBridge(folder)
  const port = await freePort()
  const service = startInNamespace(folder, ['bash', '-c', script(side, folder, port)], {
    XDG_RUNTIME_DIR: join(folder, 'runtime'),
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  })
  const url = `http://127.0.0.1:${port}`
  const up = async () => (await fetch(`${url}/ping`).catch(() => undefined))?.ok
  await eventually('cockpit-ws', up, 30_000).catch((cause: unknown) => {
    throw new Error(`Cockpit did not start: ${service.output()}`, { cause })
  })
  return { service, url }
}
