import { existsSync, statfsSync } from 'node:fs'
import path from 'node:path'

import { apiVersion, type Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { countByStatus, damagedRecords, recordLabel } from '../../store/index.ts'
import { observeEnded } from '../containers/lifecycle/observe.ts'
import { currentContainers } from '../containers/records/live.ts'
import type { Context } from '../context.ts'
import { networkDrivers } from '../networks/options.ts'
import type { Verb } from '../verb.ts'
import { abilities } from './abilities.ts'
import { hostInfo } from './host-info.ts'
import { architecture } from './machine.ts'

type Info = Output<'system.info'>

/** The host, the store, and the engine's capabilities. */
export const info: Verb<'system.info'> = async (context) => {
  // Whose exits are not recorded yet is part of what a service keeps up to date.
  await (context.service ? currentContainers(context) : observeEnded(context))
  const [host, store, registries, berth] = await Promise.all([
    hostInfo(context),
    storeInfo(context),
    registryInfo(),
    abilities(context),
  ])
  return {
    host,
    store,
    registries,
    plugins: {
      volume: ['local'],
      network: networkDrivers,
      log: ['k8s-file', 'none', 'passthrough', 'journald'],
      authorization: null,
    },
    version: {
      APIVersion: apiVersion,
      Version: apiVersion,
      GoVersion: '',
      GitCommit: '',
      BuiltTime: 'Thu Jan  1 00:00:00 1970',
      Built: 0,
      OsArch: `linux/${architecture()}`,
      Os: 'linux',
    },
    berth: { ...berth, damaged: damagedLabels(context) },
  }
}

function damagedLabels({ database }: Context): string[] {
  return damagedRecords(database)
    .filter(({ failure }) => EngineError.is(failure, 'StoreCorrupt'))
    .map(({ format, row }) => recordLabel(format, row))
}

async function storeInfo(context: Context): Promise<Info['store']> {
  const { root, runRoot, database } = context
  const layers = await context.layers()
  const byStatus = countByStatus(database)
  const number = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  const running = (byStatus['running'] ?? 0) + (byStatus['stopping'] ?? 0)
  const paused = byStatus['paused'] ?? 0
  const disk = statfsSync(root)
  return {
    configFile: configFile(context),
    containerStore: { number, paused, running, stopped: number - running - paused },
    graphDriverName: layers.driver,
    graphOptions: {},
    graphRoot: root,
    graphRootAllocated: disk.blocks * disk.bsize,
    graphRootAvailable: disk.bavail * disk.bsize,
    graphRootUsed: (disk.blocks - disk.bfree) * disk.bsize,
    graphStatus: layers.driver === 'overlay' ? { 'Backing Filesystem': fileSystem(disk.type), ...layers.status } : layers.status,
    imageCopyTmpDir: path.join(root, 'staging'),
    imageStore: { number: Number(database.get('SELECT count(*) AS number FROM images')?.['number'] ?? 0) },
    runRoot,
    volumePath: path.join(root, 'volumes'),
    transientStore: false,
  }
}

/** statfs(2)'s numbers, by the names that podman has for them. */
const fileSystems: Readonly<Record<number, string>> = {
  0xef53: 'extfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x2fc12fc1: 'zfs',
  0xf2f52010: 'f2fs',
  0x794c7630: 'overlayfs',
}

const fileSystem = (type: number): string => fileSystems[type] ?? '<unknown>'

function configFile({ identity: { rootless, home } }: Context): string {
  const own = path.join(process.env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'), 'containers/storage.conf')
  const places = [...(rootless ? [own] : []), '/etc/containers/storage.conf', '/usr/share/containers/storage.conf']
  return places.find((file) => existsSync(file)) ?? ''
}

/** An invalid file is reported by pulls, not here. */
async function registryInfo(): Promise<Record<string, unknown>> {
  const { readRegistriesConf } = await import('../../registry/index.ts')
  try {
    const { search, registries } = await readRegistriesConf()
    const entries = registries.map(({ prefix, location, insecure, blocked, mirrorByDigestOnly, mirrors }) => [
      prefix,
      {
        Prefix: prefix,
        Location: location || prefix,
        Insecure: insecure,
        PullFromMirror: '',
        Mirrors: mirrors.length === 0 ? null : mirrors.map((each) => toMirror(each)),
        Blocked: blocked,
        MirrorByDigestOnly: mirrorByDigestOnly,
      },
    ])
    return { ...Object.fromEntries(entries), ...(search.length === 0 ? {} : { search }) }
  } catch {
    return {}
  }
}

function toMirror({ location, insecure, use }: { location: string; insecure: boolean; use: string }): object {
  return { Location: location, Insecure: insecure, PullFromMirror: use === 'all' ? '' : use }
}
