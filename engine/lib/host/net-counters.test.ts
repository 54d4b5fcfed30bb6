import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readNetCounters } from './net-counters.ts'

const recorded = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0: 1029222809   24159    1    2    0     0          0         0  1382995   13480    3    4    0     0       0          0
eth1:7 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0
`

test('each interface but lo, also where a long name touches its number', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'berth-net-'))
  mkdirSync(path.join(root, '7/net'), { recursive: true })
  writeFileSync(path.join(root, '7/net/dev'), recorded)
  const counters = readNetCounters(7, root)
  rmSync(root, { recursive: true })
  expect(Object.keys(counters)).toEqual(['eth0', 'eth1'])
  expect(counters['eth0']).toEqual({
    rxBytes: 1029222809,
    rxPackets: 24159,
    rxErrors: 1,
    rxDropped: 2,
    txBytes: 1382995,
    txPackets: 13480,
    txErrors: 3,
    txDropped: 4,
  })
  expect(counters['eth1']).toMatchObject({ rxBytes: 7, txBytes: 9 })
})

test('no process, no counters', () => {
  expect(readNetCounters(4194999)).toEqual({})
})
