import { lstatSync } from 'node:fs'
import os from 'node:os'

import { EngineError } from '../../../errors/index.ts'
import { readPlain } from '../../../lib/files/plain-file.ts'
import type { OciSeccomp } from './oci.ts'

interface Condition {
  caps?: string[] | null
  arches?: string[] | null
  /** `MAJOR.MINOR`. */
  minKernel?: string | null
}

/** A rule of the containers' seccomp profile format (containers-common's seccomp.json): an OCI rule with conditions. */
interface ProfileRule {
  names?: string[] | null
  name?: string
  action: string
  errnoRet?: number | null
  /** A name or number of errno(3), which wins over the field before. */
  errno?: string
  args?: { index: number; value: number; valueTwo?: number; op: string }[] | null
  includes?: Condition | null
  excludes?: Condition | null
}

interface Profile {
  defaultAction: string
  defaultErrnoRet?: number | null
  defaultErrno?: string
  architectures?: string[] | null
  archMap?: { architecture: string; subArchitectures?: string[] | null }[] | null
  syscalls?: ProfileRule[] | null
  flags?: string[] | null
  listenerPath?: string
  listenerMetadata?: string
}

/** What a profile's conditions are held against. */
interface Machine {
  /** Node's name of the architecture. */
  arch: string
  /** As uname(2) has it, e.g. `6.18.5-amd64`. */
  kernel: string
}

const places = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json']
const largestProfile = 1024 * 1024

/** Go's name of an architecture, which profiles use, and libseccomp's, by Node's. */
const architectures: Record<string, { go: string; seccomp: string }> = {
  x64: { go: 'amd64', seccomp: 'SCMP_ARCH_X86_64' },
  arm64: { go: 'arm64', seccomp: 'SCMP_ARCH_AARCH64' },
  arm: { go: 'arm', seccomp: 'SCMP_ARCH_ARM' },
  riscv64: { go: 'riscv64', seccomp: 'SCMP_ARCH_RISCV64' },
  s390x: { go: 's390x', seccomp: 'SCMP_ARCH_S390X' },
  ppc64: { go: 'ppc64le', seccomp: 'SCMP_ARCH_PPC64LE' },
}

/** Stands for the path where the policy in use is the one we bring along. */
export const builtIn = 'builtin'

/** In which an image brings a profile of its own. */
export const seccompLabel = 'io.containers.seccomp.profile'

/** Stands for the path where the profile is the image's. */
export const seccompOfImage = 'image'

/**
 * The profile for containers that ask for none: the one containers.conf names, else the host's, else {@link builtIn}.
 *
 * @param configured `seccomp_profile` of containers.conf.
 */
export function defaultSeccompProfile(configured = '', hostPlaces: readonly string[] = places): string {
  // A profile that exists and cannot be read is an error when it is used; it is never replaced by a wider one.
  return configured || (hostPlaces.find((file) => isThere(file)) ?? builtIn)
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/**
 * The seccomp filter for a container with these capabilities.
 *
 * @param choice a profile's path, `unconfined`, {@link seccompOfImage}, or empty for the host's default profile or, where it has none, the built-in one.
 * @param labels the container's.
 * @returns `undefined` for `unconfined` only.
 * @throws EngineError `InvalidArgument` if the profile cannot be used.
 */
export async function seccompFilter(
  choice: string,
  capabilities: readonly string[],
  hostPlaces: readonly string[] = places,
  labels: Record<string, string> = {},
): Promise<OciSeccomp | undefined> {
  if (choice === 'unconfined') return undefined
  if (choice === seccompOfImage)
    return understand(`label ${seccompLabel} of the image`, capabilities, () => labels[seccompLabel] ?? '')
  const profile = choice || defaultSeccompProfile('', hostPlaces)
  if (profile !== builtIn) return readProfile(profile, capabilities)
  const { builtInSeccomp } = await import('./built-in-seccomp.ts')
  return builtInSeccomp(capabilities, machineNames(process.arch))
}

function machineNames(arch: string): { go: string; seccomp: string } {
  return architectures[arch] ?? { go: arch, seccomp: '' }
}

/**
 * Resolves a profile's conditions for this machine and these capabilities.
 *
 * @throws Error for what cannot be understood, since a skipped rule might be a denying one.
 */
export function translate(
  profile: Profile,
  capabilities: readonly string[],
  machine: Machine = { arch: process.arch, kernel: os.release() },
): OciSeccomp {
  const here = machineNames(machine.arch)
  if (profile.archMap?.length && profile.architectures?.length)
    throw new Error('it has both architectures and archMap; use either')
  const native = profile.archMap?.find(({ architecture }) => architecture === here.seccomp)
  const listed = native ? [native.architecture, ...(native.subArchitectures ?? [])] : (profile.architectures ?? [])
  const rules = (profile.syscalls ?? []).filter((rule) => applies(rule, capabilities, here.go, machine.kernel))
  const defaultErrnoRet = errnoOf(profile.defaultErrno, profile.defaultErrnoRet)
  const { defaultAction, flags, listenerPath, listenerMetadata } = profile
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    ...(listed.length > 0 ? { architectures: listed } : {}),
    ...(flags && flags.length > 0 ? { flags } : {}),
    ...(listenerPath ? { listenerPath, ...(listenerMetadata ? { listenerMetadata } : {}) } : {}),
    syscalls: rules.map((rule) => toOci(rule)),
  }
}

function toOci({ names, name, action, errnoRet, errno, args }: ProfileRule): OciSeccomp['syscalls'][number] {
  if (name !== undefined && names?.length) throw new Error('a rule has both name and names; use either')
  const number = errnoOf(errno, errnoRet)
  return {
    names: names ?? (name === undefined ? [] : [name]),
    action,
    ...(number === undefined ? {} : { errnoRet: number }),
    ...(args && args.length > 0 ? { args } : {}),
  }
}

function errnoOf(name: string | undefined, number: number | null | undefined): number | undefined {
  if (!name) return number ?? undefined
  if (/^\d{1,4}$/.test(name)) return Number(name)
  const found = (os.constants.errno as Record<string, number>)[name]
  if (found === undefined) throw new Error(`it names the unknown errno ${JSON.stringify(name)}`)
  return found
}

function applies({ includes, excludes }: ProfileRule, capabilities: readonly string[], arch: string, kernel: string): boolean {
  if (excludes?.arches?.includes(arch)) return false
  if (excludes?.caps?.some((name) => capabilities.includes(name))) return false
  if (excludes?.minKernel && isAtLeast(kernel, excludes.minKernel)) return false
  if (includes?.minKernel && !isAtLeast(kernel, includes.minKernel)) return false
  if (includes?.arches && includes.arches.length > 0 && !includes.arches.includes(arch)) return false
  return !includes?.caps || includes.caps.every((name) => capabilities.includes(name))
}

function isAtLeast(kernel: string, version: string): boolean {
  const wanted = /^(\d+)\.(\d+)$/.exec(version)
  if (!wanted) throw new Error(`minKernel ${JSON.stringify(version)} is not MAJOR.MINOR`)
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? []
  return Number(major) > Number(wanted[1]) || (Number(major) === Number(wanted[1]) && Number(minor) >= Number(wanted[2]))
}

function readProfile(file: string, capabilities: readonly string[]): OciSeccomp {
  return understand(file, capabilities, () => readPlain(file, largestProfile).toString('utf8'))
}

function understand(file: string, capabilities: readonly string[], read: () => string): OciSeccomp {
  try {
    const profile = JSON.parse(read()) as Profile
    if (typeof profile?.defaultAction !== 'string') throw new Error('it names no defaultAction')
    return translate(profile, capabilities)
  } catch (cause) {
    throw new EngineError('InvalidArgument', `The seccomp profile ${file} cannot be used: ${(cause as Error).message}`, {
      details: { file },
      cause,
    })
  }
}
