import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coverageDocument } from '../packaging/build/api-coverage/index.ts'
import { lifeDocument } from '../packaging/build/container-life.ts'
import { cliReference, openApiReference } from '../packaging/build/docs.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../docs', name), 'utf8')

test('docs/cli.md is what the commands say (npm run docs writes it)', async () => {
  expect(read('cli.md')).toBe(await cliReference())
})

test('docs/openapi.json is what the contract says (npm run docs writes it)', () => {
  expect(read('openapi.json')).toBe(openApiReference())
})

test('docs/container-life.md is what the table of states says (npm run docs writes it)', () => {
  expect(read('container-life.md')).toBe(lifeDocument())
})

test("docs/api-coverage.md is what contract and podman's routes say (npm run docs writes it)", () => {
  expect(read('api-coverage.md')).toBe(coverageDocument())
})
