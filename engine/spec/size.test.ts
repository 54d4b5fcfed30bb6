import { expect, test } from 'vitest'

import { formatSize, parseSize, scale } from './size.ts'

// As `podman create --memory` 5.4.2 takes them.
test.each([
  ['1.5g', 1_610_612_736],
  ['64m', 67_108_864],
  ['6M', 6_291_456],
  ['1 k', 1024],
  ['64 mb', 67_108_864],
  ['64MiB', 67_108_864],
  ['64kib', 65_536],
  ['100', 100],
  ['100b', 100],
  ['0', 0],
  ['1pb', 1_125_899_906_842_624],
  ['1.0001k', 1024],
])('%j is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

test.each([
  '',
  'abc',
  '.5g',
  '5.',
  '1e3',
  ' 5m',
  '5m ',
  '-1',
  '-5m',
  '1e',
  '1ZB',
  '0x10',
  '5x',
  '1,5g',
  '1.5.5g',
  '9'.repeat(400),
])('%j is refused with podman’s message', (text) =>
  expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'InvalidArgument', message: `invalid size: '${text}'` })),
)

test('sizes of logs go by 1000', () => {
  expect(parseSize('10k', 1000)).toBe(10_000)
  expect(parseSize('1.5mb', 1000)).toBe(1_500_000)
  expect(parseSize('10', 1000)).toBe(10)
})

test('sizes as podman prints them', () => {
  expect(formatSize(2_049_300, 3, ' ')).toBe('2.05 MB')
  expect(formatSize(737_422, 3, ' ')).toBe('737 kB')
  expect(formatSize(2_786_554)).toBe('2.787MB')
  expect(formatSize(0)).toBe('0B')
  expect(formatSize(999_999, 3)).toBe('1000kB')
})

test('a whole power is a unit of its own', () => {
  for (const power of [1, 2, 3, 4]) {
    expect(scale(1000 ** power, 1000, 5)).toEqual([1, power])
    expect(scale(1024 ** power, 1024, 5)).toEqual([1, power])
  }
  expect(scale(1000 ** 5, 1000, 5)).toEqual([1000, 4])
  expect(scale(999, 1000, 5)).toEqual([999, 0])
})
