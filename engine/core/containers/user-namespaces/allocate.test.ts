import { expect, test } from 'vitest'

import { formatIdMapping, type IdMappings } from '../../../spec/id-map.ts'
import { allocateIds } from './allocate.ts'

const available = { uids: [{ first: 1000, size: 1000 }], gids: [{ first: 1000, size: 1000 }] }
const none: IdMappings = { uids: [], gids: [] }
const same = (container_id: number, host_id: number, size: number): IdMappings => ({
  uids: [{ container_id, host_id, size }],
  gids: [{ container_id, host_id, size }],
})
const choose = (size: number, taken: IdMappings[], fixed = none) =>
  allocateIds({ size, fixed }, available, taken).uids.map(formatIdMapping)

test('the lowest free ids are given, around those of others', () => {
  expect(choose(100, [])).toEqual(['0:1000:100'])
  expect(choose(100, [same(0, 1000, 100)])).toEqual(['0:1100:100'])
  expect(choose(100, [same(0, 1050, 100), same(0, 1200, 10)])).toEqual(['0:1000:50', '50:1150:50'])
  expect(choose(1000, [])).toEqual(['0:1000:1000'])
})

test('fixed ids stay out of the others', () => {
  expect(choose(100, [], same(5, 5000, 1))).toEqual(['0:1000:5', '6:1005:94', '5:5000:1'])
  expect(choose(10, [], same(500, 1000, 5))).toEqual(['0:1005:10', '500:1000:5'])
})

test('too few are an error that says the way out', () => {
  expect(() => choose(100, [same(0, 1000, 950)])).toThrow(/not find enough available IDs for a container with 100 uids: .*size=/)
})
