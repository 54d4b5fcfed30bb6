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
export function containerDevices(asked: readonly { path: string }[], privileged: boolean, rootless: boolean): DeviceChoice {
  const choice: DeviceChoice = { devices: [], rules: [{ allow: privileged, access: 'rwm' }], mounts: [] }
  if (privileged) for (const file of hostDevices('/dev')) addDevice(choice, file, file, 'rwm', rootless)
  for (const { path: text } of asked) {
    const [host = '', second, third] = text.split(':')
    const container = second === undefined || /^[rwm]+$/.test(second) ? host : second
    const access = third ?? (second !== undefined && /^[rwm]+$/.test(second) ? second : 'rwm')
    if (!path.isAbsolute(host) || statSync(host, { throwIfNoEntry: false }) === undefined) {
      throw new EngineError('InvalidArgument', `stat ${host}: no such file or directory`, { details: { device: host } })
    }
    addDevice(choice, realpathSync(host), container, access, rootless)
  }
  return choice
}

function addDevice(choice: DeviceChoice, host: string, container: string, access: string, rootless: boolean): void {
  if (
    choice.devices.some((device) => device.path === container) ||
    choice.mounts.some((mount) => mount.destination === container)
  )
    return
  if (rootless) {
    choice.mounts.push({ destination: container, type: 'bind', source: host, options: ['bind', 'rprivate', 'nosuid', 'noexec'] })
    return
  }
  const found = lstatSync(host)
  const type = found.isCharacterDevice() ? 'c' : found.isBlockDevice() ? 'b' : undefined
  if (type === undefined) return
  const number = BigInt(found.rdev)
  const major = Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn))
  const minor = Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n))
  choice.devices.push({ path: container, type, major, minor, fileMode: found.mode & 0o7777, uid: found.uid, gid: found.gid })
  choice.rules.push({ allow: true, type, major, minor, access })
}

/** Every device node below /dev, but terminals and what the runtime makes itself. */
function hostDevices(folder: string, found: string[] = []): string[] {
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry.name)
    if (found.length >= largestNumber) break
    if (entry.isDirectory() && !['pts', 'shm', 'mqueue', 'fd', 'hugepages'].includes(entry.name)) hostDevices(file, found)
    else if ((entry.isCharacterDevice() || entry.isBlockDevice()) && !/^(console|tty\d*|ptmx)$/.test(entry.name)) found.push(file)
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
