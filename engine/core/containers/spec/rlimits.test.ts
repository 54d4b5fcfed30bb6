import { expect, test } from 'vitest'

import type { OciProcess } from './oci.ts'
import { ociJson } from './oci-json.ts'
import { containerRlimits, ownHardLimits, unlimited } from './rlimits.ts'

const limits = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max processes             96365                96365                processes
Max open files            1024                 20000                files
`

test('limits are clamped to what this process has', () => {
  const own = ownHardLimits(limits)
  expect(own.get('RLIMIT_NOFILE')).toBe(20_000)
  expect(containerRlimits([], false, own)).toEqual([
    { type: 'RLIMIT_NOFILE', hard: 20_000, soft: 20_000 },
    { type: 'RLIMIT_NPROC', hard: 96_365, soft: 96_365 },
  ])
})

test('what was asked for replaces the default, in any spelling', () => {
  const found = containerRlimits(
    [
      { type: 'nofile', soft: 10, hard: 20 },
      { type: 'core', soft: -1, hard: -1 },
    ],
    false,
    ownHardLimits(limits),
  )
  expect(found).toContainEqual({ type: 'RLIMIT_NOFILE', hard: 20, soft: 10 })
  expect(found).toContainEqual({ type: 'RLIMIT_CORE', hard: unlimited, soft: unlimited })
})

test("no limit is the kernel's word for it, also after it was read again", () => {
  const process = { rlimits: [{ type: 'RLIMIT_CORE', hard: unlimited, soft: 5 }] } as OciProcess
  const text = '{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":5}'
  expect(ociJson({ process })).toBe(`{"process":{"rlimits":[${text}]}}`)
  expect(ociJson(JSON.parse(ociJson(process)) as OciProcess)).toBe(`{"rlimits":[${text}]}`)
})
