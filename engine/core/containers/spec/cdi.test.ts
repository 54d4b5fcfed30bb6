import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { applyCdi, cdiEdits, cdiNames } from './cdi.ts'
import type { OciSpec } from './oci.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-cdi-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text)
const edits = (...names: string[]) =>
  cdiEdits(
    { options: { cdiSpecDirs: [folder] }, conf: async () => ({ containers: {}, engine: {}, network: {}, secrets: {} }) },
    names,
  )
const empty = () =>
  ({
    process: { env: ['A=b'], user: { uid: 0, gid: 0 } },
    mounts: [],
    annotations: {},
    linux: { resources: { devices: [{ allow: false, access: 'rwm' }] } },
  }) as unknown as OciSpec

const yaml = `cdiVersion: 0.6.0
kind: vendor.com/gpu
devices:
- name: "0"
  containerEdits:
    deviceNodes:
    - path: /dev/mine
      hostPath: /dev/null
      permissions: rw
    additionalGids: [7, 0]
- name: all
containerEdits:
  env: [GPU=1]
  mounts:
  - hostPath: /usr/lib
    containerPath: /gpu/lib
    options: [ro, rbind]
  hooks:
  - hookName: createContainer
    path: /bin/true
    args: ["true", x]
`

test('a device brings its own edits and those of its description', async () => {
  write('gpu.yaml', yaml)
  const spec = empty()
  applyCdi(spec, await edits('vendor.com/gpu=0'), false)
  expect(spec.linux.devices).toMatchObject([{ path: '/dev/mine', type: 'c', major: 1, minor: 3 }])
  expect(spec.linux.resources.devices.at(-1)).toEqual({ allow: true, type: 'c', major: 1, minor: 3, access: 'rw' })
  expect(spec.process).toMatchObject({ env: ['A=b', 'GPU=1'], user: { additionalGids: [7] } })
  expect(spec.mounts).toEqual([{ destination: '/gpu/lib', type: 'bind', source: '/usr/lib', options: ['ro', 'rbind'] }])
  expect(spec.hooks).toEqual({ createContainer: [{ path: '/bin/true', args: ['true', 'x'] }] })
})

test('without the right to make nodes the host’s is mounted; what all devices share comes once', async () => {
  write('gpu.yaml', yaml)
  const spec = empty()
  applyCdi(spec, await edits('vendor.com/gpu=0', 'vendor.com/gpu=all'), true)
  expect(spec.linux.devices).toBeUndefined()
  expect(spec.mounts).toMatchObject([{ destination: '/dev/mine', source: '/dev/null' }, { destination: '/gpu/lib' }])
  expect(spec.process.env).toEqual(['A=b', 'GPU=1'])
})

test('a device that nothing describes, and a wrong description, are named', async () => {
  write('gpu.yaml', yaml)
  await expect(edits('vendor.com/gpu=1')).rejects.toThrow(/unresolvable CDI devices vendor\.com\/gpu=1/)
  write('bad.json', '{"cdiVersion":"0.6.0","kind":"x","devices":[]}')
  await expect(edits('vendor.com/gpu=0')).rejects.toThrow(/bad\.json cannot be used: kind: is not VENDOR\/CLASS/)
})

test('names are told from paths', () => {
  const devices = ['/dev/null:/dev/x=1', 'vendor.com/net=eth0', 'nvidia.com/gpu=all', '/dev/a'].map((each) => ({ path: each }))
  expect(cdiNames(devices)).toEqual(['vendor.com/net=eth0', 'nvidia.com/gpu=all'])
})
