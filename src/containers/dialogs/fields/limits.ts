import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { parseInteger } from '../../../../engine/spec/integer.ts'
import {
  checkMemory,
  cpuQuota,
  defaultShmSize,
  parseCpus,
  parseMemory,
  parseMemorySwap,
  quotaCpus,
} from '../../../../engine/spec/limit.ts'
import { parseSize } from '../../../../engine/spec/size.ts'
import { textField } from '../../../engine/fields/field.ts'
import type { Draft } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

const memoryText = ({ memory, memoryUnit }: Draft): string =>
  memory === '' ? '' : `${memory.trim().replace(',', '.')}${memoryUnit === 'MiB' ? 'm' : 'g'}`

/** People type what their language has for a decimal point. */
export const cpusText = ({ cpus }: Draft): string => cpus.trim().replace(',', '.')

function readMemory(text: string): ContainerSpec {
  const limit = parseMemory(text)
  checkMemory({ limit })
  if (limit === 0) throw badValue('Enter a number above 0.')
  return { resource_limits: { memory: { limit } } }
}

function readCpus(text: string): ContainerSpec {
  const cpu = cpuQuota(parseCpus(text))
  if (!cpu) throw badCpus()
  return { resource_limits: { cpu } }
}

/** What is said of a number of CPUs that the host has not got. */
export const badCpus = () => badValue('Enter a number above 0 and at most the number of CPUs of the host.')

function wholeAbove(least: number, most: number, text: string): number {
  const number = parseInteger(text)
  if (number < least || number > most) throw badValue('Enter a whole number from {least} to {most}.', { least, most })
  return number
}

function readPids(text: string): ContainerSpec {
  const limit = parseInteger(text)
  if (limit < -1 || limit === 0) throw badValue('Enter a number above 0, or -1 for no limit.')
  return { resource_limits: { pids: { limit } } }
}

function readCpuset(text: string): ContainerSpec {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) throw badValue('Enter CPUs such as 0-3 or 0,2.')
  return { resource_limits: { cpu: { cpus: text } } }
}

/** Limits of memory hold together. @throws EngineError */
function requireMemory(draft: Draft): void {
  const bytes = (text: string) => (text === '' ? 0 : parseMemory(text))
  const swap = draft.swap.trim()
  checkMemory({
    limit: bytes(memoryText(draft)),
    reservation: bytes(draft.reservation.trim()),
    swap: swap === '' ? 0 : parseMemorySwap(swap),
  })
}

/** A size as it is written: `512m`, or in bytes where it is no whole number of MiB. */
const sizeText = (bytes: number): string => (bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2}m` : String(bytes))

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
const textIfSet = (value: unknown, usual: readonly number[] = []): string =>
  numberOf(value) === 0 || usual.includes(numberOf(value)) ? '' : String(value)

function memoryOf({ inspect: { HostConfig } }: Seen): Partial<Draft> {
  const { Memory } = HostConfig
  if (Memory <= 0) return {}
  const inGiB = Memory % 1024 ** 3 === 0
  return { memory: String(Memory / 1024 ** (inGiB ? 3 : 2)), memoryUnit: inGiB ? 'GiB' : 'MiB' }
}

/** Without a value of its own, memory and swap together are twice the memory. */
function swapOf({ inspect: { HostConfig } }: Seen): Partial<Draft> {
  const swap = numberOf(HostConfig['MemorySwap'])
  if (swap === 0 || swap === HostConfig.Memory * 2) return { swap: '' }
  return { swap: swap < 0 ? '-1' : sizeText(swap) }
}

const defaultPids = 2048

/** Limits of what a container uses. */
export const limitFields: readonly ContainerField[] = [
  containerField(textField('memory', '--memory', { text: memoryText, read: readMemory }), { fill: memoryOf }),
  containerField(textField('cpus', '--cpus', { text: cpusText, read: readCpus }), {
    fill: ({ inspect: { HostConfig } }) => {
      const cpus = quotaCpus({ quota: HostConfig.CpuQuota, period: HostConfig.CpuPeriod }) || HostConfig.NanoCpus / 1e9
      return { cpus: cpus > 0 ? String(cpus) : '' }
    },
  }),
  containerField(textField('pids', '--pids-limit', { text: ({ pids }) => pids.trim(), read: readPids }), {
    group: 'resources',
    needs: ['resource_limits.pids.limit'],
    fill: ({ inspect: { HostConfig } }) => ({ pids: textIfSet(HostConfig.PidsLimit, [defaultPids]) }),
  }),
  containerField(
    textField('reservation', '--memory-reservation', {
      text: ({ reservation }) => reservation.trim(),
      read: (text) => ({ resource_limits: { memory: { reservation: parseMemory(text) } } }),
      require: (draft) => requireMemory({ ...draft, swap: '' }),
    }),
    {
      group: 'resources',
      needs: ['resource_limits.memory.reservation'],
      fill: ({ inspect: { HostConfig } }) => {
        const bytes = numberOf(HostConfig['MemoryReservation'])
        return { reservation: bytes > 0 ? sizeText(bytes) : '' }
      },
    },
  ),
  containerField(
    textField('swap', '--memory-swap', {
      text: ({ swap }) => swap.trim(),
      read: (text) => ({ resource_limits: { memory: { swap: parseMemorySwap(text) } } }),
      require: (draft) => requireMemory({ ...draft, reservation: '' }),
    }),
    { group: 'resources', needs: ['resource_limits.memory.swap'], fill: swapOf },
  ),
  containerField(
    textField('shares', '--cpu-shares', {
      text: ({ shares }) => shares.trim(),
      read: (text) => ({ resource_limits: { cpu: { shares: wholeAbove(2, 262_144, text) } } }),
    }),
    {
      group: 'resources',
      needs: ['resource_limits.cpu.shares'],
      fill: ({ inspect: { HostConfig } }) => ({ shares: textIfSet(HostConfig.CpuShares) }),
    },
  ),
  containerField(textField('cpuset', '--cpuset-cpus', { text: ({ cpuset }) => cpuset.trim(), read: readCpuset }), {
    group: 'resources',
    needs: ['resource_limits.cpu.cpus'],
    fill: ({ inspect: { HostConfig } }) => ({ cpuset: String(HostConfig['CpusetCpus'] ?? '') }),
  }),
  containerField(
    textField('blockWeight', '--blkio-weight', {
      text: ({ blockWeight }) => blockWeight.trim(),
      read: (text) => ({ resource_limits: { blockIO: { weight: wholeAbove(10, 1000, text) } } }),
    }),
    {
      group: 'resources',
      needs: ['resource_limits.blockIO.weight'],
      fill: ({ inspect: { HostConfig } }) => ({ blockWeight: textIfSet(HostConfig['BlkioWeight']) }),
    },
  ),
  containerField(
    textField('shmSize', '--shm-size', {
      text: ({ shmSize }) => shmSize.trim(),
      read: (text) => ({ shm_size: parseSize(text) }),
    }),
    {
      group: 'resources',
      needs: ['shm_size'],
      fill: ({ inspect: { HostConfig } }) => {
        const bytes = numberOf(HostConfig['ShmSize'])
        return { shmSize: bytes === 0 || bytes === defaultShmSize ? '' : sizeText(bytes) }
      },
    },
  ),
]
