import { describe, expect, test } from 'vitest'

import { checkIdMap, containerId, formatIdMapping, hostId, parseIdMaps, parseMountIdMap, splitIdMap } from './id-map.ts'

const map = (...texts: string[]) =>
  texts.map((text) => {
    const [container_id = 0, host_id = 0, size = 0] = text.split(':').map(Number)
    return { container_id, host_id, size }
  })

/** Those of an ordinary user: themselves, and two ranges of subordinate ids. */
const own = map('0:1000:1', '1:100000:1000', '1001:200000:1000')
const parse = (uidmap: string[], gidmap: string[] = []) => {
  const { uids, gids } = parseIdMaps({ uidmap, gidmap }, { uids: own, gids: own })
  return [uids.map(formatIdMapping), gids.map(formatIdMapping)]
}
const both = (...texts: string[]) => [texts, texts]

test('ids are found on both sides', () => {
  const ids = map('0:1:1000', '1000:0:1', '1001:1001:10')
  expect([0, 999, 1000, 1010, 1011].map((id) => hostId(ids, id))).toEqual([1, 1000, 0, 1010, undefined])
  expect([0, 1, 1000, 1011].map((id) => containerId(ids, id))).toEqual([1000, 0, 999, undefined])
})

describe('--uidmap and --gidmap', () => {
  // Each answer is podman's /proc/self/uid_map and gid_map for the same flags.
  test.each([
    { says: ['0:1:100'], gives: both('0:1:100') },
    { says: ['0:1'], gives: both('0:1:1') },
    { says: ['0:1:100', '+50:0:1'], gives: both('0:1:50', '50:0:1', '51:52:49') },
    { says: ['+50:7:1'], gives: both('0:0:1', '1:1:6', '7:8:43', '50:7:1', '51:51:950', '1001:1001:1000') },
    {
      says: ['0:0:10', 'u20:30:2', 'g40:50:2'],
      gives: [
        ['0:0:10', '20:30:2'],
        ['0:0:10', '40:50:2'],
      ],
    },
    { says: ['0:@100000:10'], gives: both('0:1:10') },
    { says: ['0:@1000', '5:@200000:1000'], gives: both('0:0:1', '5:1001:1000') },
  ])('$says', ({ says, gives }) => {
    // A flag for one kind alone is not copied to the other.
    if (says.some((text) => text.startsWith('g'))) {
      expect(
        parse(
          says.filter((text) => !text.startsWith('g')),
          ['0:0:10', 'g40:50:2'],
        ),
      ).toEqual(gives)
      return
    }
    expect(parse(says)).toEqual(gives)
    expect(parse([], says)).toEqual(gives)
  })

  test.each([
    {
      says: ['x'],
      message: 'initializing ID mappings: UID setting is malformed expected ["[+ug]uint32:[@]uint32[:uint32]"] : ["x"]',
    },
    { says: ['0:1:9999999999'], message: 'initializing ID mappings: UID setting is malformed' },
    { says: ['0:0:10', '5:20:10'], message: 'mapping 5:20:10 conflicts with other mappings' },
    { says: ['0:0:10', '20:5:10'], message: 'mapping 20:5:10 conflicts with other mappings' },
    { says: ['0:0:0'], message: 'mapping 0:0:0 is not one of ids' },
    { says: ['0:@100999:2'], message: 'uids @100999 of the host (2 of them) are not all among those of this user' },
  ])('$says is refused', ({ says, message }) => {
    expect(() => parse(says)).toThrow(message)
  })

  test('the kernel takes 340 lines', () => {
    const lines = Array.from({ length: 341 }, (_, at) => ({ container_id: at * 2, host_id: at * 2, size: 1 }))
    expect(() => checkIdMap(lines, 'uid')).toThrow('at most 340 uid mappings')
    expect(checkIdMap(lines.slice(1), 'uid')).toHaveLength(340)
  })
})

test('a line of a map lies in one range of the namespace around', () => {
  expect(splitIdMap(map('0:0:100', '200:500:600'), own).map(formatIdMapping)).toEqual([
    '0:0:1',
    '1:1:99',
    '200:500:501',
    '701:1001:99',
  ])
})

test('ids of a mount', () => {
  expect(parseMountIdMap('uids=0-1-10#@10-11-10;gids=0-100-10')).toEqual({
    uids: [
      { first: 0, second: 1, size: 10, relative: false },
      { first: 10, second: 11, size: 10, relative: true },
    ],
    gids: [{ first: 0, second: 100, size: 10, relative: false }],
  })
  expect(parseMountIdMap('uids=0-1-10').gids).toEqual([{ first: 0, second: 0, size: 2 ** 32 - 1, relative: false }])
  for (const wrong of ['', 'uids=0-1;gids=0-1-1', 'x=0-1-1;gids=0-1-1', 'uids=0-1-1;uids=0-1-1;gids=0-1-1'])
    expect(() => parseMountIdMap(wrong)).toThrow('invalid idmap')
})
