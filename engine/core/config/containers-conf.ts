import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { writeFileAtomicSync } from '../../lib/files/atomic-file.ts'
import type { Identity } from '../../lib/process/identity.ts'

/** The settings of containers.conf(5) that this engine follows. What a file does not set is undefined. */
export interface ContainersConf {
  containers: {
    annotations?: string[]
    baseHostsFile?: string
    cgroups?: string
    defaultCapabilities?: string[]
    defaultSysctls?: string[]
    defaultUlimits?: string[]
    devices?: string[]
    dnsOptions?: string[]
    dnsSearches?: string[]
    dnsServers?: string[]
    env?: string[]
    httpProxy?: boolean
    init?: boolean
    initPath?: string
    logDriver?: string
    logPath?: string
    logSizeMax?: number
    logTag?: string
    netns?: string
    noHosts?: boolean
    oomScoreAdj?: number
    pidsLimit?: number
    readOnly?: boolean
    seccompProfile?: string
    shmSize?: string
    tz?: string
    umask?: string
    volumes?: string[]
  }
  engine: {
    addCompression?: string[]
    cgroupManager?: string
    compressionFormat?: string
    compressionLevel?: number
    detachKeys?: string
    helperBinariesDir?: string[]
    runtime?: string
    stopTimeout?: number
  }
  network: {
    defaultNetwork?: string
    defaultSubnet?: string
    networkConfigDir?: string
    pastaOptions?: string[]
  }
}

const largestFile = 1024 * 1024

/** Every file that is read, in the order in which later ones win: containers.conf(5), "FILES". */
export function containersConfFiles(
  { rootless, home }: Identity,
  environment: Record<string, string | undefined> = process.env,
): string[] {
  const override = environment['CONTAINERS_CONF_OVERRIDE']
  const only = environment['CONTAINERS_CONF']
  if (only) return [only, ...(override ? [override] : [])]
  const files = [
    '/usr/share/containers/containers.conf',
    '/etc/containers/containers.conf',
    ...dropIns('/etc/containers/containers.conf.d'),
  ]
  if (rootless) {
    const config = environment['XDG_CONFIG_HOME'] ?? path.join(home, '.config')
    files.push(path.join(config, 'containers/containers.conf'), ...dropIns(path.join(config, 'containers/containers.conf.d')))
  }
  return override ? [...files, override] : files
}

/**
 * Reads and merges containers.conf. Unknown keys are ignored: they belong to other programs. Parsing costs more than everything
 * else a short command does, so the result is cached in `cacheFile` for as long as no file has changed.
 *
 * @throws EngineError `InvalidArgument`, naming the file that is not TOML or sets a key to another type.
 */
export async function readContainersConf(who: Identity, cacheFile?: string): Promise<ContainersConf> {
  const files = containersConfFiles(who)
  // The first line changes with what is kept of the files.
  const state = ['2', ...files.map(fileState)].join('\n')
  const kept = cacheFile === undefined ? undefined : readCache(cacheFile, state)
  if (kept) return kept
  const merged: ContainersConf = { containers: {}, engine: {}, network: {} }
  for (const file of files) await mergeFile(merged, file)
  if (cacheFile !== undefined) cacheConf(cacheFile, state, merged)
  return merged
}

async function mergeFile(merged: ContainersConf, file: string): Promise<void> {
  const text = readIfThere(file)
  if (text === undefined) return
  const { parse } = await import('smol-toml')
  let document: Record<string, unknown>
  try {
    document = parse(text) as Record<string, unknown>
  } catch (cause) {
    throw new EngineError('InvalidArgument', `The file ${file} is not valid TOML: ${(cause as Error).message.split('\n')[0]}`, {
      details: { file },
      cause,
    })
  }
  for (const table of ['containers', 'engine', 'network'] as const) mergeTable(merged[table], table, document[table], file)
}

/** Changes whenever the file does. */
function fileState(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  return found ? `${file} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : file
}

function readCache(cacheFile: string, state: string): ContainersConf | undefined {
  try {
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8')) as { state: string; conf: ContainersConf }
    return kept.state === state ? kept.conf : undefined
  } catch {
    return undefined
  }
}

function cacheConf(cacheFile: string, state: string, conf: ContainersConf): void {
  try {
    writeFileAtomicSync(cacheFile, JSON.stringify({ state, conf }))
  } catch {
    // It is read again the next time.
  }
}

const shapes = {
  containers: {
    annotations: 'list',
    base_hosts_file: 'text',
    cgroups: 'text',
    default_capabilities: 'list',
    default_sysctls: 'list',
    default_ulimits: 'list',
    devices: 'list',
    dns_options: 'list',
    dns_searches: 'list',
    dns_servers: 'list',
    env: 'list',
    http_proxy: 'flag',
    init: 'flag',
    init_path: 'text',
    log_driver: 'text',
    log_path: 'text',
    log_size_max: 'number',
    log_tag: 'text',
    netns: 'text',
    no_hosts: 'flag',
    oom_score_adj: 'number',
    pids_limit: 'number',
    read_only: 'flag',
    seccomp_profile: 'text',
    shm_size: 'text',
    tz: 'text',
    umask: 'text',
    volumes: 'list',
  },
  engine: {
    add_compression: 'list',
    cgroup_manager: 'text',
    compression_format: 'text',
    compression_level: 'number',
    detach_keys: 'text',
    helper_binaries_dir: 'list',
    runtime: 'text',
    stop_timeout: 'number',
  },
  network: { default_network: 'text', default_subnet: 'text', network_config_dir: 'text', pasta_options: 'list' },
} as const satisfies Record<string, Record<string, 'list' | 'text' | 'flag' | 'number'>>

function mergeTable(target: object, name: keyof typeof shapes, table: unknown, file: string): void {
  if (typeof table !== 'object' || table === null) return
  for (const [key, shape] of Object.entries(shapes[name])) {
    const value = (table as Record<string, unknown>)[key]
    if (value === undefined) continue
    if (!hasShape(value, shape))
      throw new EngineError('InvalidArgument', `The setting ${name}.${key} in ${file} is not a ${shape}.`, {
        details: { file, key },
      })
    const property = key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    Object.assign(target, { [property]: typeof value === 'bigint' ? Number(value) : value })
  }
}

function hasShape(value: unknown, shape: 'list' | 'text' | 'flag' | 'number'): boolean {
  switch (shape) {
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
  }
}

function dropIns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > largestFile)
      throw new EngineError('TooLarge', `The file ${file} is larger than ${largestFile} bytes.`, { details: { file } })
    return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined
    throw error
  }
}
