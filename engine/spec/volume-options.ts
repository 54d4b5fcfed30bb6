import { badValue, inContext } from './bad-value.ts'
import { splitPair } from './pair.ts'
import { parseSize } from './size.ts'

/** What the options of a volume say. */
export interface VolumeOptions {
  /** As they are recorded and shown: libpod writes what it took out of `o` in capitals. */
  shown: Record<string, string>
  /** Its owner. */
  uid?: number
  gid?: number
  /** What mount(8) is to mount at the first use; nothing for a plain folder. */
  mount?: { type: string; device: string; options: string[] }
  /** It is not filled from an image. */
  noCopy?: boolean
  /** Of driver `image`: the image's name. */
  image?: string
}

/** Those of `o` that mount(8) does not have. Given by themselves they mean the same. */
const ownOptions = ['uid', 'gid', 'size', 'inodes'] as const

const known: Readonly<Record<string, readonly string[]>> = {
  local: ['type', 'device', 'o', 'copy', 'nocopy', 'noquota', 'UID', 'GID', ...ownOptions],
  image: ['image'],
}

/** Drivers that there are. */
export const volumeDrivers = Object.keys(known)

/**
 * Reads the options of a volume's driver.
 *
 * @throws EngineError `InvalidArgument`, with podman's message; `NotSupported` for plugins and quotas.
 */
export function parseVolumeOptions(driver: string, given: Readonly<Record<string, string>>): VolumeOptions {
  if (!Object.hasOwn(known, driver))
    throw badValue(
      'There is no volume driver "{driver}": plugins are not supported, use local or image.',
      { driver },
      'NotSupported',
    )
  const wrong = Object.keys(given).find((name) => !known[driver]!.includes(name))
  if (wrong !== undefined)
    throw badValue("invalid mount option {option} for driver '{driver}': invalid argument", { option: wrong, driver })
  if (driver === 'image') return imageOptions(given)
  const parsed: VolumeOptions = { shown: { ...given } }
  const rest: string[] = []
  for (const option of (given['o'] ?? '').split(',').filter(Boolean)) readMountOption(parsed, rest, option, given)
  for (const name of ownOptions) if (given[name] !== undefined) readMountOption(parsed, rest, `${name}=${given[name]}`, given)
  if (parsed.shown['NOQUOTA'] !== undefined && volumeLimits(parsed.shown))
    throw badValue('volume options size and inodes cannot be used without quota')
  if (given['nocopy'] !== undefined) parsed.noCopy = true
  for (const name of ['UID', 'GID'] as const)
    if (given[name] !== undefined) setOwner(parsed, name.toLowerCase() as 'uid' | 'gid', given[name])
  const mount = mountOf(given, rest)
  return mount ? { ...parsed, mount } : parsed
}

function imageOptions({ image }: Readonly<Record<string, string>>): VolumeOptions {
  if (!image) throw badValue('must provide an image name when creating a volume with the image driver: invalid argument')
  return { shown: { image }, image }
}

/** Those that mount(8) does not know; the others are for it. */
function readMountOption(
  parsed: VolumeOptions,
  rest: string[],
  option: string,
  { type, device }: Readonly<Record<string, string>>,
): void {
  const [name, value = ''] = splitPair(option)
  switch (name) {
    case 'uid':
    case 'gid':
      setOwner(parsed, name, value)
      // A file system in memory can have an owner from the start.
      if (type === 'tmpfs') rest.push(option)
      return
    case 'noquota':
      parsed.shown['NOQUOTA'] = 'true'
      return
    case 'nocopy':
      parsed.noCopy = true
      return
    case 'copy':
      return
    case 'timeout':
      throw badValue(
        'running volume create option: Volume driver timeout can only be used with non-local volume drivers: invalid argument',
      )
    case 'size':
    case 'inodes':
      checkQuota(name, value)
      if (type === 'tmpfs' && name === 'size') {
        parsed.shown['SIZE'] = value
        break
      }
      if (type === 'tmpfs') throw badValue('volume option inodes not supported on tmpfs filesystem', { option })
      if (type)
        throw badValue(
          'volume options size and inodes are limits of a plain folder or a tmpfs: leave them out with type {type}',
          { type },
        )
      if (device)
        throw badValue(
          'volume options size and inodes are limits of a plain folder or a tmpfs: leave them out with device {device}',
          { device },
        )
      parsed.shown[name.toUpperCase()] = value
      return
  }
  rest.push(option)
}

/** What a volume of these options may take at most, by a quota: nothing for one that is mounted. */
export function volumeLimits({
  type,
  device,
  SIZE,
  INODES,
}: Readonly<Record<string, string>>): { bytes?: number; inodes?: number } | undefined {
  if (type || device || (SIZE === undefined && INODES === undefined)) return undefined
  return {
    ...(SIZE === undefined ? {} : { bytes: parseSize(SIZE) }),
    ...(INODES === undefined ? {} : { inodes: Number(INODES) }),
  }
}

function checkQuota(name: string, value: string): void {
  if (name === 'size') inContext('cannot convert size {value} to integer', () => parseSize(value), { value })
  else if (!/^\d{1,19}$/.test(value))
    throw badValue('cannot convert {name} {value} to integer: invalid argument', { name, value })
}

function setOwner(parsed: VolumeOptions, name: 'uid' | 'gid', value: string): void {
  if (!/^\d{1,10}$/.test(value) || Number(value) > 4_294_967_294)
    throw badValue('cannot convert {name} {value} to integer: invalid argument', { name: name.toUpperCase(), value })
  parsed[name] = Number(value)
  parsed.shown[name.toUpperCase()] = value
}

function mountOf({ type = '', device = '' }: Readonly<Record<string, string>>, options: string[]): VolumeOptions['mount'] {
  if (type === '' && device === '') {
    // A plain folder can be written to.
    if (options.every((option) => option === 'rw')) return undefined
    throw badValue('The mount options {options} mount nothing by themselves: give a type or a device too, or leave them out.', {
      options: options.join(','),
    })
  }
  const isBind = type === 'bind' || options.some((option) => option === 'bind' || option === 'rbind')
  if (isBind && !device.startsWith('/'))
    throw badValue('A volume that shows a folder of the host needs its absolute path: device=/PATH.', { device })
  if ([type, device, ...options].some((text) => text.includes('\0'))) throw badValue('A volume has an option with a zero byte.')
  return {
    type: isBind ? '' : type,
    device: device === '' ? type : device,
    options: type === 'bind' && !options.includes('bind') && !options.includes('rbind') ? ['bind', ...options] : options,
  }
}
