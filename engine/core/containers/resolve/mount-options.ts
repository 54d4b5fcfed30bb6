import { existsSync } from 'node:fs'

import { type MountKind, type MountOption, mountOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'

/** What the host has, where that decides whether an option has an effect. */
export interface HostTraits {
  selinux: boolean
}

export function hostTraits(): HostTraits {
  return { selinux: existsSync('/sys/fs/selinux/enforce') }
}

/**
 * Checks options against the contract's table.
 *
 * @returns sentences about those that are accepted and have no effect.
 * @throws EngineError `InvalidArgument` for what is unknown, has a wrong value or excludes another, `NotSupported` for what is refused.
 */
export function checkMountOptions(kind: MountKind, place: string, given: readonly string[], host: HostTraits): string[] {
  const warnings: string[] = []
  const groups = new Map<string, string>()
  for (const text of given) {
    const found = lookUp(text)
    const state = found?.on[kind]
    if (!found || state === undefined) throw unknownOption(kind, place, text)
    if (state === 'refused') {
      throw new EngineError(
        'NotSupported',
        `The option ${JSON.stringify(text)} of the mount on ${place} is refused: ${found.reason}.`,
        {
          details: { option: text, destination: place },
        },
      )
    }
    checkValue(found, place, text)
    const other = found.group === undefined ? undefined : groups.get(found.group)
    if (other !== undefined) {
      const message = `invalid options "${other}, ${text}" of the mount on ${place}, can only specify 1 ${found.group} option`
      throw new EngineError('InvalidArgument', message, { details: { option: text, destination: place } })
    }
    if (found.group !== undefined) groups.set(found.group, text)
    if (state === 'warned' && (found.where === undefined || host[found.where]))
      warnings.push(`The option ${JSON.stringify(text)} of the mount on ${place} has no effect: ${found.reason}.`)
  }
  return warnings
}

function lookUp(text: string): MountOption | undefined {
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals + 1)
  return Object.hasOwn(mountOptions, name) ? mountOptions[name] : undefined
}

function checkValue({ value }: MountOption, place: string, text: string): void {
  const given = text.slice(text.indexOf('=') + 1)
  if (value === undefined || (value.test(given) && !given.includes('\0') && !given.includes(','))) return
  throw new EngineError(
    'InvalidArgument',
    `The value of ${JSON.stringify(text)}, an option of the mount on ${place}, is not valid.`,
    {
      details: { option: text, destination: place },
    },
  )
}

function unknownOption(kind: MountKind, place: string, option: string): EngineError {
  const message =
    kind === 'overlay'
      ? `can't use 'O' with other options than U, upperdir and workdir: ${JSON.stringify(option)} of the mount on ${place}`
      : `unknown mount option ${JSON.stringify(option)} of the ${kind.replace('volume-overlay', 'volume')} mount on ${place}: invalid mount option`
  return new EngineError('InvalidArgument', message, { details: { option, destination: place } })
}

/** The value of the option `name=…`. */
export function valueOf(options: readonly string[], name: string): string | undefined {
  return options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1)
}

const propagations = ['shared', 'slave', 'private', 'unbindable', 'rshared', 'rslave', 'rprivate', 'runbindable']
const opposites: Record<string, string> = { nosuid: 'suid', nodev: 'dev', noexec: 'exec' }
const nonrecursive = ['bind', 'bind-nonrecursive', 'norecursive']

/** The runtime's options of a bind mount, spelt out. `suid`, `dev` and `exec` undo what the source was mounted with. */
export function bindOptions(given: readonly string[], defaults: readonly string[]): string[] {
  const has = (option: string) => given.includes(option)
  const access = has('ro') || has('readonly') ? 'ro' : 'rw'
  const propagation = propagations.find(has) ?? 'rprivate'
  const extra = ['nosuid', 'nodev', 'noexec', 'noatime', 'relatime', ...Object.values(opposites)].filter(
    (option) => has(option) || (defaults.includes(option) && !has(opposites[option] ?? '')),
  )
  return [access, propagation, ...extra, nonrecursive.some(has) ? 'bind' : 'rbind']
}

/** Those of a tmpfs or ramfs. It is filled from the image unless that is turned off. */
export function memoryOptions(type: 'tmpfs' | 'ramfs', given: readonly string[]): string[] {
  const has = (option: string) => given.includes(option)
  const defaults = ['nosuid', 'nodev'].filter((option) => !has(opposites[option] ?? '') && !has(option))
  const ours = ['notmpcopyup', 'tmpcopyup', 'suid', 'dev', 'exec', 'U', 'rw', 'readonly', 'readwrite']
  const passed = given.filter((option) => !ours.includes(option) && lookUp(option)?.on[type] === 'done')
  return [
    ...(has('ro') ? [] : [has('readonly') ? 'ro' : 'rw']),
    ...(propagations.some(has) ? [] : ['rprivate']),
    ...defaults,
    ...passed,
    ...(has('notmpcopyup') || type === 'ramfs' ? [] : ['tmpcopyup']),
  ]
}
