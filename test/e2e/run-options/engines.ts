import { chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Berth, berthAs } from '../../support/berth.ts'
import { type Result, run } from '../../support/processes.ts'
import { become, environment } from '../../support/users.ts'
import { type Facts, factsOf } from './config-json.ts'

/** An engine whose containers are looked at. */
export interface Maker {
  readonly name: 'berth' | 'podman'
  try(args: string[], env?: Record<string, string>): Promise<Result>
  /** What the config.json of a container that is initialized says. */
  facts(id: string): Facts
}

/** Whether the machine has it. */
export const hasPodman = ['/usr/bin/podman', '/usr/local/bin/podman'].some((file) => existsSync(file))

/** crun refuses hosts with both kinds of control groups. */
export const hybrid = !existsSync('/sys/fs/cgroup/cgroup.controllers')

export function berthMaker(user: string): Maker & { berth: Berth } {
  const berth = berthAs(user)
  return {
    name: 'berth',
    berth,
    try: (args, env = {}) => berth.try(args, { env }),
    facts: (id) =>
      factsIn(join(berth.store, 'containers', id, 'bundle'), id, [
        [`${berth.store}/containers/ID/`, 'OWN/'],
        [`${berth.run}/containers/ID/`, 'OWN/'],
      ]),
  }
}

/** Podman on a store, run state and runtime folder of its own, and in the same environment otherwise. */
export function podmanMaker({ user }: Berth, folder: string): Maker & { stop(): void } {
  const [store, runState, runtime] = [join(folder, 'store'), join(folder, 'run'), join(folder, 'runtime')]
  for (const each of [folder, store, runState, runtime]) {
    mkdirSync(each, { recursive: true, mode: each === folder ? 0o755 : 0o700 })
    chownSync(each, user.uid, user.gid)
  }
  const flags = ['--events-backend', 'none', '--cgroup-manager', 'cgroupfs', ...(hybrid ? ['--runtime', 'runc'] : [])]
  const argv = [...become(user), 'podman', '--root', store, '--runroot', runState, ...flags]
  const env = {
    ...environment(user),
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(folder, 'data'),
    CONTAINERS_REGISTRIES_CONF: join(inject('stage').folder, 'registries.conf'),
    PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
  }
  return {
    name: 'podman',
    try: (args, more = {}) => run(argv[0]!, [...argv.slice(1), ...args], { cwd: user.home, env: { ...env, ...more } }),
    facts: (id) =>
      factsIn(join(store, 'overlay-containers', id, 'userdata'), id, [
        [`${store}/overlay-containers/ID/userdata/`, 'OWN/'],
        [`${runState}/overlay-containers/ID/userdata/`, 'OWN/'],
      ]),
    stop: () => {
      const pause = join(runtime, 'libpod/tmp/pause.pid')
      if (existsSync(pause)) process.kill(Number(readFileSync(pause, 'utf8')), 'SIGKILL')
    },
  }
}

function factsIn(bundle: string, id: string, folders: [string, string][]): Facts {
  const config: unknown = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))
  return factsOf(config, [
    [new RegExp(id, 'g'), 'ID'],
    ...folders.map(([folder, word]) => [new RegExp(folder, 'g'), word] as const),
    [new RegExp(`(?<![0-9a-f])${id.slice(0, 12)}(?![0-9a-f])`, 'g'), 'SHORT'],
  ])
}
