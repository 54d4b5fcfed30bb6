import { expect, test } from 'vitest'

import { capabilityText } from './capabilities.ts'
import { chooseColumns, isDescriptors } from './columns.ts'
import { namespacePids, pidNamespace, readProcess } from './process.ts'
import { terminalName } from './terminal.ts'
import { fieldsOf } from './top-table.ts'

test('columns: the usual ones, descriptors, codes, and the forms of ps', () => {
  const titles = (...args: string[]) => chooseColumns(args).map(({ title }) => title)
  expect(titles()).toEqual(['USER', 'PID', 'PPID', '%CPU', 'ELAPSED', 'TTY', 'TIME', 'COMMAND'])
  expect(titles('pid,comm', '%C')).toEqual(['PID', 'COMMAND', '%CPU'])
  expect(titles('-ef')).toEqual(['UID', 'PID', 'PPID', '%CPU', 'STIME', 'TTY', 'TIME', 'COMMAND'])
  expect(titles('-eo', 'user,pid,cmd')).toEqual(['USER', 'PID', 'COMMAND'])
  expect(() => titles('pid', 'bogus')).toThrow(
    expect.objectContaining({ code: 'InvalidArgument', details: { descriptor: 'bogus' } }),
  )
  expect(() => titles('constructor')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('descriptors of podman are known from arguments of ps', () => {
  expect(isDescriptors(['pid,comm', 'huser'])).toBe(true)
  expect(isDescriptors([])).toBe(true)
  expect(['-ef', 'aux', '-o', 'lstart', 'constructor'].filter((word) => isDescriptors(['pid', word]))).toEqual([])
})

test('a line of ps has as many fields as there are titles; the last is the rest of it', () => {
  expect(fieldsOf('root           1  0.0 sleep  100 a ', 4)).toEqual(['root', '1', '0.0', 'sleep  100 a'])
  expect(fieldsOf('      1', 1)).toEqual(['1'])
})

test('capabilities as text', () => {
  expect(capabilityText('0000000000000000')).toBe('none')
  expect(capabilityText('00000000800405fb')).toBe(
    'CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,NET_BIND_SERVICE,SETFCAP,SETGID,SETPCAP,SETUID,SYS_CHROOT',
  )
  expect(capabilityText('000001ffffffffff')).toBe('full')
})

test('terminals by device number', () => {
  expect(terminalName(0)).toBe('?')
  expect(terminalName(136 * 256 + 3)).toBe('pts/3')
  expect(terminalName(137 * 256 + 1)).toBe('pts/257')
  expect(terminalName(4 * 256 + 1)).toBe('tty1')
})

test('this very process is read from /proc', () => {
  const level = namespacePids(process.pid).length - 1
  const facts = readProcess(process.pid, level)
  expect(facts).toMatchObject({ pid: process.pid, innerPid: String(process.pid) })
  expect(facts?.uids[1]).toBe(process.getuid?.())
  expect(facts?.residentSize).toBeGreaterThan(1000)
  expect(facts?.argv.length).toBeGreaterThan(0)
  expect(pidNamespace(process.pid)).toMatch(/^pid:\[\d+\]$/)
  expect(readProcess(2 ** 30, 0)).toBeNull()
})
