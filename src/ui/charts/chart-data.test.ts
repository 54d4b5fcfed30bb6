import { expect, test } from 'vitest'

import { csvName, toCsv } from './chart-csv.ts'
import { cut, zoomIn } from './section.ts'

const times = Array.from({ length: 20 }, (_each, index) => index * 1000)
const aligned = { times, values: new Map([['a', times.map((time) => (time === 3000 ? undefined : time))]]) }

test('a section of a chart is cut out, and one with too little of it is not', () => {
  expect(cut(aligned, { from: 4500, to: 9000 }).times).toEqual([5000, 6000, 7000, 8000, 9000])
  expect(cut(aligned, { from: 4500, to: 9000 }).values.get('a')).toHaveLength(5)
  expect(cut(aligned, { from: 4500, to: 6000 })).toBe(aligned)
  expect(cut(aligned, { from: 90_000, to: 99_000 })).toBe(aligned)
  expect(zoomIn(aligned)).toEqual({ from: 4750, to: 14_250 })
  expect(zoomIn({ times: times.slice(0, 5) })).toBeUndefined()
})

test('data as CSV: times in UTC, gaps empty, and no name becomes a formula', () => {
  const csv = toCsv({ times: times.slice(2, 4), values: aligned.values }, [
    { key: 'a', name: '=1+1,"x"', color: '' },
    { key: 'b', name: 'b', color: '' },
  ])
  expect(csv).toBe('time,"\'=1+1,""x""",b\r\n1970-01-01T00:00:02.000Z,0,\r\n1970-01-01T00:00:03.000Z,1000,\r\n')
})

test('a file is named after whose figures it has', () => {
  expect(csvName('web', 'Disk I/O')).toBe('web Disk IO.csv')
  expect(csvName(undefined, 'CPU: mail')).toBe('CPU mail.csv')
})
