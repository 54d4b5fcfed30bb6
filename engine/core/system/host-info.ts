import { existsSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

import type { Output } from '../../contract/index.ts'
import { which } from '../../lib/process/exec.ts'
import { parseIdMap } from '../../lib/process/identity.ts'
import { cgroupPlacement } from '../config/cgroup-placement.ts'
import type { ContainersConf } from '../config/containers-conf.ts'
import { defaultCapabilities } from '../containers/spec/capabilities.ts'
import { defaultSeccompProfile } from '../containers/spec/seccomp.ts'
import type { Context } from '../context.ts'
import { architecture, cpuUtilization, distribution, hasSeccomp, memory, uptimeText } from './machine.ts'
import { type ProgramFacts, programFacts } from './programs.ts'

type HostInfo = Output<'system.info'>['host']

const noProgram: ProgramFacts = { path: '', package: '', version: '' }

/** `host` of info, in podman's shape. */
export async function hostInfo(context: Context): Promise<HostInfo> {
  const { cgroups } = context
  const conf = await context.conf()
  const runtime = await context.runtime().catch(() => undefined)
  const [conmon, oci, netavark, aardvark, pasta] = await programFacts(context, [
    'conmon',
    runtime?.program ?? 'crun',
    'netavark',
    'aardvark-dns',
    'pasta',
  ])
  const { manager } = await cgroupPlacement(context)
  return {
    arch: architecture(),
    buildahVersion: '',
    // libpod has no third value; `berth.notes` has it.
    cgroupManager: manager === 'disabled' ? 'cgroupfs' : manager,
    cgroupVersion: cgroups.mode === 'v2' ? 'v2' : 'v1',
    cgroupControllers: manager === 'disabled' ? [] : controllers(context),
    conmon: { ...(conmon ?? noProgram) },
    cpus: os.availableParallelism(),
    cpuUtilization: cpuUtilization(),
    databaseBackend: 'sqlite',
    distribution: distribution(),
    eventLogger: context.options.withoutEvents ? 'none' : 'file',
    freeLocks: 2048,
    hostname: os.hostname(),
    idMappings: ownMappings(context),
    kernel: os.release(),
    logDriver: conf.containers.logDriver ?? 'k8s-file',
    ...memory(),
    networkBackend: 'netavark',
    networkBackendInfo: networkBackend(netavark, aardvark),
    ociRuntime: { name: oci?.path ? path.basename(oci.path) : '', ...(oci ?? noProgram) },
    os: 'linux',
    remoteSocket: remoteSocket(context),
    rootlessNetworkCmd: 'pasta',
    serviceIsRemote: false,
    security: securityInfo(context, conf),
    slirp4netns: { executable: which('slirp4netns') ?? '', package: '', version: '' },
    pasta: { executable: pasta?.path ?? '', package: pasta?.package ?? '', version: pasta?.version ?? '' },
    uptime: uptimeText(),
    variant: '',
    linkmode: 'dynamic',
  }
}

/** Other than a socket's, an address that is served is there as long as somebody asks at it. */
function remoteSocket({ options, runRoot }: Context): HostInfo['remoteSocket'] {
  const address = options.serviceAddress ?? path.join(runRoot, 'berth.sock')
  const file = address.replace(/^unix:\/\//, '')
  return { path: address, exists: !file.startsWith('/') || existsSync(file) }
}

function securityInfo({ identity }: Context, conf: ContainersConf): HostInfo['security'] {
  return {
    apparmorEnabled: false,
    capabilities: (conf.containers.defaultCapabilities ?? defaultCapabilities).join(','),
    rootless: identity.rootless,
    seccompEnabled: hasSeccomp(),
    seccompProfilePath: defaultSeccompProfile(conf.containers.seccompProfile),
    selinuxEnabled: false,
  }
}

function networkBackend(netavark: ProgramFacts | undefined, aardvark: ProgramFacts | undefined) {
  return { backend: 'netavark', ...(netavark ?? noProgram), dns: aardvark ?? noProgram }
}

/** The limits available to this user's containers (cgroups(7)). */
function controllers({ cgroups, identity }: Context): string[] {
  if (cgroups.mode !== 'v2') {
    const rows = readLines('/proc/cgroups')
      .slice(1)
      .map((line) => line.split(/\s+/))
    return rows
      .filter(
        ([name, hierarchy, , enabled]) =>
          name && hierarchy !== '0' && enabled === '1' && existsSync(path.join(cgroups.root, name)),
      )
      .map(([name = '']) => name)
  }
  if (!identity.rootless) return cgroups.unifiedControllers
  const { realUid } = identity
  const own = path.join(cgroups.root, `user.slice/user-${realUid}.slice/user@${realUid}.service/cgroup.controllers`)
  return readLines(own).join(' ').split(/\s+/).filter(Boolean)
}

function ownMappings({ identity }: Context) {
  if (!identity.rootless) return { gidmap: null, uidmap: null }
  return { gidmap: idMappings('/proc/self/gid_map'), uidmap: idMappings('/proc/self/uid_map') }
}

function idMappings(file: string): { container_id: number; host_id: number; size: number }[] {
  return parseIdMap(readLines(file).join('\n')).map(({ inside, outside, size }) => ({
    container_id: inside,
    host_id: outside,
    size,
  }))
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}
