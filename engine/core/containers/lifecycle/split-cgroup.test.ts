import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

import { parseProcCgroup } from '../../../lib/cgroup/paths.ts'
import { payloadGroup } from './split-cgroup.ts'

const own = parseProcCgroup(readFileSync('/proc/self/cgroup', 'utf8')).get('')

test.skipIf(own === undefined)('a container that shares its caller’s group is beside the engine’s part of it', () => {
  const context = { cgroups: { mode: 'v2', root: '/sys/fs/cgroup', unifiedControllers: [] } } as never
  const base = path.basename(own!) === 'supervisor' ? path.dirname(own!) : own!
  expect(payloadGroup(context, 'abc')).toBe(path.join(base, 'libpod-payload-abc'))
})
