import { readFileSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import type { OciSeccomp } from './oci.ts'

/** A rule of the containers' seccomp profile format (containers-common's seccomp.json): an OCI rule with conditions. */
interface ProfileRule {
  names?: string[]
  name?: string
  action: string
  errnoRet?: number
  args?: { index: number; value: number; valueTwo?: number; op: string }[] | null
  includes?: { caps?: string[]; arches?: string[]; minKernel?: string }
  excludes?: { caps?: string[]; arches?: string[]; minKernel?: string }
}

interface Profile {
  defaultAction: string
  defaultErrnoRet?: number
  architectures?: string[] | null
  archMap?: { architecture: string; subArchitectures?: string[] | null }[] | null
  syscalls?: ProfileRule[] | null
  flags?: string[] | null
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

/**
 * The seccomp filter for a container with these capabilities.
 *
 * @param choice a profile's path, `unconfined`, or empty for the host's default profile.
 * @returns `undefined` without a filter: unconfined, or no default profile is installed.
 * @throws EngineError `InvalidArgument` if the profile cannot be used.
 */
export function seccompFilter(choice: string, capabilities: readonly string[]): OciSeccomp | undefined {
  if (choice === 'unconfined') return undefined
  const file = choice === '' ? places.find(exists) : choice
  return file === undefined ? undefined : translate(readProfile(file), capabilities)
}

/** Resolves a profile's conditions for this machine and these capabilities. */
export function translate(profile: Profile, capabilities: readonly string[], arch: string = process.arch): OciSeccomp {
  const here = architectures[arch]
  const native = profile.archMap?.find(({ architecture }) => architecture === here?.seccomp)
  const listed = native ? [native.architecture, ...(native.subArchitectures ?? [])] : (profile.architectures ?? [])
  const rules = (profile.syscalls ?? []).filter((rule) => applies(rule, capabilities, here?.go ?? arch))
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    ...(listed.length > 0 ? { architectures: listed } : {}),
    ...(profile.flags && profile.flags.length > 0 ? { flags: profile.flags } : {}),
    syscalls: rules.map(({ names, name, action, errnoRet, args }) => ({
      names: names ?? (name === undefined ? [] : [name]),
      action,
      ...(errnoRet === undefined ? {} : { errnoRet }),
      ...(args && args.length > 0 ? { args } : {}),
    })),
  }
}

function applies({ includes, excludes }: ProfileRule, capabilities: readonly string[], arch: string): boolean {
  if (excludes?.arches?.includes(arch)) return false
  if (excludes?.caps?.some((name) => capabilities.includes(name))) return false
  if (includes?.arches && includes.arches.length > 0 && !includes.arches.includes(arch)) return false
  return !includes?.caps || includes.caps.every((name) => capabilities.includes(name))
}

function readProfile(file: string): Profile {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > largestProfile) throw new Error(`it is larger than ${largestProfile} bytes`)
    const profile = JSON.parse(text) as Profile
    if (typeof profile.defaultAction !== 'string') throw new Error('it names no defaultAction')
    return profile
  } catch (cause) {
    throw new EngineError('InvalidArgument', `The seccomp profile ${file} cannot be used: ${(cause as Error).message}`, {
      details: { file },
      cause,
    })
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}
