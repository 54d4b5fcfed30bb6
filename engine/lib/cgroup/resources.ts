import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { createCgroup } from './tree.ts'
import type { Cgroups } from './mode.ts'
import { readSmallFile } from './small-file.ts'

interface Rate {
  major: number
  minor: number
  rate: number
}

/** Limits in the OCI runtime specification's form (`linux.resources`), as far as a group that holds groups can have them. */
export interface GroupResources {
  memory?: Given<{ limit: number; reservation: number; swap: number; swappiness: number }>
  cpu?: Given<{ shares: number; quota: number; period: number; cpus: string; mems: string }>
  pids?: { limit: number }
  blockIO?: Given<{
    weight: number
    weightDevice: readonly { major: number; minor: number; weight?: number | undefined }[]
    throttleReadBpsDevice: readonly Rate[]
    throttleWriteBpsDevice: readonly Rate[]
    throttleReadIOPSDevice: readonly Rate[]
    throttleWriteIOPSDevice: readonly Rate[]
  }>
}
type Given<T> = { [K in keyof T]?: T[K] | null | undefined } | null | undefined

/** A file of a group: its controller, its name, what is written, and names that other kernels have. */
interface Setting {
  controller: string
  files: readonly string[]
  text: string
  /** Some hosts do not have it, and the limit is then left out. */
  optional?: true
}

/**
 * Makes a group, if it is not there, and writes its limits. Idempotent: what is written already stays.
 *
 * @throws EngineError `CgroupUnavailable`; `LimitUnavailable` for a value that the kernel refuses.
 */
export function limitGroup(cgroups: Cgroups, group: string, resources: GroupResources): void {
  const v2 = cgroups.mode === 'v2'
  const { folders } = createCgroup(cgroups, group)
  const settings = v2 ? settingsV2(resources) : settingsV1(resources)
  if (v2) enableControllers(cgroups.root, group, [...new Set(settings.map(({ controller }) => controller))])
  for (const setting of settings) writeSetting(folders[v2 ? 'unified' : setting.controller], setting)
}

/** With version 2 a group has a controller's files only where all groups above pass it on. */
function enableControllers(root: string, group: string, controllers: readonly string[]): void {
  let folder = root
  for (const part of path.dirname(group).split('/').filter(Boolean).concat('')) {
    const file = path.join(folder, 'cgroup.subtree_control')
    const enabled = (readSmallFile(file) ?? '').split(/\s+/)
    for (const name of controllers.filter((each) => !enabled.includes(each))) {
      try {
        writeFileSync(file, `+${name}`)
      } catch {
        // Above what was delegated; a limit that cannot be written says so below.
      }
    }
    folder = path.join(folder, part)
  }
}

function writeSetting(folder: string | undefined, { files, text, optional }: Setting): void {
  const file = files.map((name) => path.join(folder ?? '/nonexistent', name)).find((each) => existsSync(each))
  if (file === undefined) {
    if (optional) return
    throw problem(files[0] as string, text, 'this host does not have it')
  }
  // A group above others may refuse what it has already.
  if (readSmallFile(file)?.trim() === text) return
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw problem(path.basename(file), text, (cause as Error).message.replace(/, write$/, ''), cause)
  }
}

function problem(name: string, text: string, reason: string, cause?: unknown): EngineError {
  const message = `The limit ${JSON.stringify(text)} cannot be written to the control group file ${name}: ${reason}.`
  return new EngineError('LimitUnavailable', message, { details: { file: name }, cause })
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null

/** One entry for each that is given. */
function setting<T extends string | number>(
  value: T | null | undefined,
  controller: string,
  files: string | readonly string[],
  text: (value: T) => string = String,
): Setting[] {
  return isGiven(value) ? [{ controller, files: typeof files === 'string' ? [files] : files, text: text(value) }] : []
}

function settingsV1({ memory, cpu, pids, blockIO }: GroupResources): Setting[] {
  const unlimited = (value: number) => String(value <= 0 ? -1 : value)
  const weights = [...(blockIO?.weightDevice ?? [])]
  return [
    ...setting(memory?.limit, 'memory', 'memory.limit_in_bytes', unlimited),
    ...setting(memory?.reservation, 'memory', 'memory.soft_limit_in_bytes', unlimited),
    ...setting(memory?.swap, 'memory', 'memory.memsw.limit_in_bytes', unlimited).map((each) => ({
      ...each,
      optional: true as const,
    })),
    ...setting(memory?.swappiness, 'memory', 'memory.swappiness'),
    ...setting(cpu?.shares, 'cpu', 'cpu.shares'),
    ...setting(cpu?.period, 'cpu', 'cpu.cfs_period_us'),
    ...setting(cpu?.quota, 'cpu', 'cpu.cfs_quota_us', unlimited),
    ...setting(cpu?.cpus || undefined, 'cpuset', 'cpuset.cpus'),
    ...setting(cpu?.mems || undefined, 'cpuset', 'cpuset.mems'),
    ...setting(pids?.limit, 'pids', 'pids.max', maximum),
    ...setting(blockIO?.weight || undefined, 'blkio', ['blkio.weight', 'blkio.bfq.weight']),
    ...weights.flatMap(({ major, minor, weight }) =>
      setting(weight, 'blkio', ['blkio.weight_device', 'blkio.bfq.weight_device'], (value) => `${major}:${minor} ${value}`),
    ),
    ...throttles(blockIO).map(({ name, device, rate }) => ({
      controller: 'blkio',
      files: [`blkio.throttle.${name.v1}_device`],
      text: `${device} ${rate}`,
    })),
  ]
}

function settingsV2({ memory, cpu, pids, blockIO }: GroupResources): Setting[] {
  const swap = isGiven(memory?.swap) && memory.swap > 0 ? Math.max(0, memory.swap - Math.max(0, memory.limit ?? 0)) : memory?.swap
  const weights = [...(blockIO?.weightDevice ?? [])]
  const quota = isGiven(cpu?.quota) || isGiven(cpu?.period) ? maximum(cpu?.quota ?? -1) : undefined
  return [
    ...setting(memory?.limit, 'memory', 'memory.max', maximum),
    ...setting(memory?.reservation, 'memory', 'memory.low'),
    ...setting(swap, 'memory', 'memory.swap.max', (value) => (value < 0 ? 'max' : String(value))).map((each) => ({
      ...each,
      optional: true as const,
    })),
    ...setting(cpu?.shares, 'cpu', 'cpu.weight', (shares) => String(cpuWeight(shares))),
    ...setting(quota, 'cpu', 'cpu.max', (value) => `${value} ${cpu?.period ?? 100_000}`),
    ...setting(cpu?.cpus || undefined, 'cpuset', 'cpuset.cpus'),
    ...setting(cpu?.mems || undefined, 'cpuset', 'cpuset.mems'),
    ...setting(pids?.limit, 'pids', 'pids.max', maximum),
    ...setting(blockIO?.weight || undefined, 'io', ['io.bfq.weight', 'io.weight'], (value) => `default ${ioWeight(value)}`),
    ...weights.flatMap(({ major, minor, weight }) =>
      setting(weight, 'io', ['io.bfq.weight', 'io.weight'], (value) => `${major}:${minor} ${ioWeight(value)}`),
    ),
    ...throttles(blockIO).map(({ name, device, rate }) => ({
      controller: 'io',
      files: ['io.max'],
      text: `${device} ${name.v2}=${rate === 0 ? 'max' : rate}`,
    })),
  ]
}

const maximum = (value: number) => (value <= 0 ? 'max' : String(value))

/** CPU shares (2 to 262144) as a weight (1 to 10000), as runtimes convert them. */
export const cpuWeight = (shares: number) => 1 + Math.trunc(((shares - 2) * 9999) / 262_142)

/** A weight of version 1 (10 to 1000) as one of version 2 (1 to 10000), as runtimes convert them. */
export const ioWeight = (weight: number) => 1 + Math.trunc(((weight - 10) * 9999) / 990)

const throttleNames = {
  throttleReadBpsDevice: { v1: 'read_bps', v2: 'rbps' },
  throttleWriteBpsDevice: { v1: 'write_bps', v2: 'wbps' },
  throttleReadIOPSDevice: { v1: 'read_iops', v2: 'riops' },
  throttleWriteIOPSDevice: { v1: 'write_iops', v2: 'wiops' },
} as const

function throttles(blockIO: GroupResources['blockIO']) {
  return Object.entries(throttleNames).flatMap(([field, name]) =>
    (blockIO?.[field as keyof typeof throttleNames] ?? []).map(({ major, minor, rate }) => ({
      name,
      device: `${major}:${minor}`,
      rate,
    })),
  )
}
