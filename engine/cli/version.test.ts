import { expect, test } from 'vitest'
import { apiVersion } from '../contract/index.ts'
import { podmanVersion, versionLine } from './version.ts'

test('the version of podman is the API’s, and where others look for it', () => {
  expect(podmanVersion).toBe(apiVersion)
  const line = versionLine('0.1.0')
  // As ansible's and podman-compose's modules read `podman --version`.
  expect([line.split('version')[1]!.trim(), line.split(/\s+/).filter(Boolean).at(-1)]).toEqual(['5.4.2', '5.4.2'])
})
