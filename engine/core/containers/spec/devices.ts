import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { OciDevice, OciDeviceRule, OciMount } from './oci.ts'

const largestNumber = 512

export interface DeviceChoice {
  devices: OciDevice[]
  rules: OciDeviceRule[]
  /** Without the right to make device nodes, the host's own are mounted. */
  mounts: OciMount[]
}

/**
 * Devices beyond those every container has: `--device HOST[:CONTAINER][:rwm]`, and with `privileged` all of the host's.
 *
 * @throws EngineError `InvalidArgument` for one that does not exist.
 */
export function containerDevices(
  asked: readonly { path: string }[],
  privileged: boolean,
  rootless: boolean,
  systemd = false,
): DeviceChoice {
  const choice: DeviceChoice = { devices: [], rules: [{ allow: privileged, access: 'rwm' }], mounts: [] }
  if (privileged)
    for (const file of hostDevices('/dev', rootless ? virtual : systemd ? screens : systemConsole))
      addDevice(choice, file, file, 'rwm', rootless)
  for (const { path: text } of asked) {
    const { host, container, access } = parseDevice(text)
    if (!path.isAbsolute(host) || statSync(host, { throwIfNoEntry: false }) === undefined) {
      throw new EngineError('InvalidArgument', `stat ${host}: no such file or directory`, { details: { device: host } })
    }
    addDevice(choice, realpathSync(host), container, access, rootless)
  }
  return choice
}

/** `HOST[:CONTAINER][:rwm]`. */
export function parseDevice(text: string): { host: string; container: string; access: string } {
  const [host = '', second, third] = text.split(':')
  const isAccess = second !== undefined && /^[rwm]+$/.test(second)
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
  const number = BigInt(found.rdev)
  const major = Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn))
  const minor = Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n))
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
