import { badValue } from './bad-value.ts'
import { parseSize } from './size.ts'

/** A weight of one device of the host among those who use it. */
export interface DeviceWeight {
  path: string
  weight: number
}

/** Bytes or operations a second on one device of the host. */
export interface DeviceRate {
  path: string
  rate: number
}

/** A relative weight of block I/O: 10 to 1000, and 0 for none. @throws EngineError `InvalidArgument`. */
export function parseBlkioWeight(text: string): number {
  const weight = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(weight)) throw badValue('invalid value for blkio-weight: "{weight}" is not a whole number', { weight: text })
  return checkBlkioWeight(weight)
}

/** @throws EngineError `InvalidArgument` for a weight that the kernel does not take. */
export function checkBlkioWeight(weight: number): number {
  if (weight === 0 || (Number.isInteger(weight) && weight >= 10 && weight <= 1000)) return weight
  throw badValue('range of blkio weight is from 10 to 1000, and {weight} is not in it', { weight })
}

/** `/dev/sda:500`. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseDeviceWeight(text: string): DeviceWeight {
  const { path, value } = split(text)
  const weight = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (weight !== 0 && !(weight >= 10 && weight <= 1000)) throw badValue('invalid weight for device: {text}', { text })
  return { path, weight }
}

/** `/dev/sda:1mb`, bytes a second. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseDeviceBytes(text: string): DeviceRate {
  const { path, value } = split(text)
  try {
    return { path, rate: parseSize(value) }
  } catch {
    throw badValue(
      'invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb',
      { text },
    )
  }
}

/** `/dev/sda:1000`, operations a second. @throws EngineError `InvalidArgument`, with podman's message. */
export function parseDeviceOperations(text: string): DeviceRate {
  const { path, value } = split(text)
  if (!/^\d{1,15}$/.test(value))
    throw badValue(
      'invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer',
      { text },
    )
  return { path, rate: Number(value) }
}

function split(text: string): { path: string; value: string } {
  const colon = text.indexOf(':')
  if (colon < 0) throw badValue('bad format: {text}', { text })
  const path = text.slice(0, colon)
  if (!path.startsWith('/dev/')) throw badValue('bad format for device path: {text}', { text })
  return { path, value: text.slice(colon + 1) }
}
