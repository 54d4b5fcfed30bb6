import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { deviceNumbers } from './device-numbers.ts'
import type { OciDevice, OciDeviceRule, OciMount } from './oci.ts'

const largestNumber = 512

type DeviceSpec = Pick<ContainerSpec, 'devices' | 'device_cgroup_rule'>

export interface DeviceChoice {
  devices: OciDevice[]
  rules: OciDeviceRule[]
  /** Without the right to make device nodes, the host's own are mounted. */
  mounts: OciMount[]
}

/**
 * Devices beyond those every container has: `--device HOST[:CONTAINER][:rwm]`, those that are described by their numbers, and with
 * `privileged` all of the host's; and rules for more.
 *
 * @throws EngineError `InvalidArgument` for one that does not exist; `NotSupported` for numbers and rules of an ordinary user.
 */
export function containerDevices(
  { devices: asked, device_cgroup_rule: rules }: DeviceSpec,
  privileged: boolean,
  rootless: boolean,
  systemd = false,
): DeviceChoice {
  refuseUnprivileged({ devices: asked, device_cgroup_rule: rules }, rootless)
  const choice: DeviceChoice = { devices: [], rules: [{ allow: privileged, access: 'rwm' }], mounts: [] }
  if (privileged)
    for (const file of hostDevices('/dev', rootless ? virtual : systemd ? screens : systemConsole))
      addDevice(choice, file, file, 'rwm', rootless)
  for (const device of asked ?? []) {
    const { path: text } = device
    if (device.type) {
      addDescribed(choice, device)
      continue
    }
    for (const { host, container, access } of requireDevice(parseDevice(text)))
      addDevice(choice, host, container, access, rootless)
  }
  for (const rule of rules ?? []) {
    const numbers = { major: number(rule.major), minor: number(rule.minor) }
    choice.rules.push({ allow: rule.allow ?? true, ...given({ type: rule.type, ...numbers, access: rule.access }) })
  }
  return choice
}

/** @throws EngineError `InvalidArgument` for one of the host that does not exist, with podman's message. */
export function requireDevices(devices: readonly Pick<Asked, 'path' | 'type'>[]): void {
  for (const { path: text, type } of devices) if (!type) requireDevice(parseDevice(text))
}

/** The device, or those below a folder at their places below the other. */
function requireDevice({ host, container, access }: DeviceChoiceText): DeviceChoiceText[] {
  const found = path.isAbsolute(host) ? statSync(host, { throwIfNoEntry: false }) : undefined
  if (found === undefined) throw invalidDevice(host, `stat ${host}: no such file or directory`)
  const real = realpathSync(host)
  if (found.isCharacterDevice() || found.isBlockDevice()) return [{ host: real, container, access }]
  if (!found.isDirectory()) throw invalidDevice(host, `${host} is not a valid device: not a device node`)
  const below = hostDevices(real, systemConsole)
  if (below.length === 0) throw invalidDevice(host, `no devices found in ${host}: invalid argument`)
  return below.map((each) => ({ host: each, container: path.posix.join(container, path.relative(real, each)), access }))
}

function invalidDevice(device: string, message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { device } })
}

type Asked = NonNullable<ContainerSpec['devices']>[number]

/**
 * What an ordinary user can neither make nor rule. @throws EngineError `NotSupported`, `InvalidArgument` for a type that no device has.
 */
export function refuseUnprivileged({ devices, device_cgroup_rule: rules }: DeviceSpec, rootless: boolean): void {
  const described = (devices ?? []).find(({ type }) => type)
  if (described && !['c', 'u', 'b', 'p'].includes(described.type ?? ''))
    throw new EngineError(
      'InvalidArgument',
      `The device ${described.path} cannot have the type ${JSON.stringify(described.type)}: use c, b or p.`,
      {
        details: { field: 'devices.type' },
      },
    )
  if (!rootless) return
  if (described)
    throw new EngineError(
      'NotSupported',
      `Ordinary users cannot make the device ${described.path}; give one of the host by its path.`,
      {
        details: { field: 'devices.type' },
      },
    )
  if ((rules ?? []).length > 0)
    throw new EngineError(
      'NotSupported',
      'device cgroup rules are not supported in rootless mode or in a user namespace; leave them out',
      {
        details: { field: 'device_cgroup_rule' },
      },
    )
}

function addDescribed(choice: DeviceChoice, device: Asked): void {
  const { major = 0, minor = 0 } = device
  const type = device.type === 'u' ? 'c' : (device.type as 'c' | 'b' | 'p')
  if (choice.devices.some(({ path: place }) => place === device.path)) return
  const owner = given({ fileMode: number(device.fileMode), uid: number(device.uid), gid: number(device.gid) })
  choice.devices.push({ path: device.path, type, major, minor, ...owner })
  if (type !== 'p' && choice.rules[0]?.allow !== true) choice.rules.push({ allow: true, type, major, minor, access: 'rwm' })
}

/** Negative numbers are any. */
const number = (value: number | null | undefined): number | undefined =>
  value === null || value === undefined || value < 0 ? undefined : value

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}

interface DeviceChoiceText {
  host: string
  container: string
  access: string
}

/** `HOST[:CONTAINER][:rwm]`. @throws EngineError `InvalidArgument`, with podman's message */
export function parseDevice(text: string): DeviceChoiceText {
  const [host = '', second, third, ...more] = text.split(':')
  if (more.length > 0) throw invalidDevice(host, `invalid device specification: ${text}`)
  const isMode = (mode: string) => /^(?!.*(.).*\1)[rwm]+$/.test(mode)
  const isAccess = second !== undefined && isMode(second)
  const wrong =
    third !== undefined && !isMode(third) ? third : second && !isAccess && !second.startsWith('/') ? second : undefined
  if (wrong !== undefined) throw invalidDevice(host, `invalid device mode: ${wrong}`)
  return { host, container: second === undefined || isAccess ? host : second, access: third ?? (isAccess ? second : 'rwm') }
}

/** Adds one of the host's devices, unless the container has one there. */
export function addDevice(choice: DeviceChoice, host: string, container: string, access: string, rootless: boolean): void {
  if (
    choice.devices.some((device) => device.path === container) ||
    choice.mounts.some((mount) => mount.destination === container)
  )
    return
  if (rootless) {
    const options = ['slave', 'nosuid', 'noexec', access.includes('w') ? 'rw' : 'ro', 'rbind']
    choice.mounts.push({ destination: container, type: 'bind', source: host, options })
    return
  }
  const found = lstatSync(host)
  const type = found.isCharacterDevice() ? 'c' : found.isBlockDevice() ? 'b' : undefined
  if (type === undefined) return
  const { major, minor } = deviceNumbers(found.rdev)
  choice.devices.push({ path: container, type, major, minor, fileMode: found.mode & 0o7777, uid: found.uid, gid: found.gid })
  // The first rule of a privileged container allows everything.
  if (choice.rules[0]?.allow !== true) choice.rules.push({ allow: true, type, major, minor, access })
}

const systemConsole = /^console$/
/** The machine's own screens besides, which systemd in a container would take over. */
const screens = /^(console|tty\d+)$/
/** What the runtime makes itself as well: an ordinary user's mounts would hide the one and cannot open the other. */
const virtual = /^(console|tty\d*|ptmx)$/

/** Every device node below /dev but those. */
function hostDevices(folder: string, but: RegExp, found: string[] = []): string[] {
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry.name)
    if (found.length >= largestNumber) break
    if (entry.isDirectory() && !['pts', 'shm', 'mqueue', 'fd', 'hugepages'].includes(entry.name)) hostDevices(file, but, found)
    else if ((entry.isCharacterDevice() || entry.isBlockDevice()) && !but.test(entry.name)) found.push(file)
  }
  return found
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
