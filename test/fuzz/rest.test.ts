import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { containerFilter } from '../../engine/core/filters/container.ts'
import { podFilter } from '../../engine/core/filters/pod.ts'
import { parseMoment } from '../../engine/core/time/moment.ts'
import type { ContainersConf } from '../../engine/core/config/containers-conf.ts'
import type { Context } from '../../engine/core/context.ts'
import { dockerOperationNames, dockerOperations } from '../../engine/contract/docker/index.ts'
import {
  decodeCredentials,
  decodeLogins,
  describe,
  encodeRequest,
  type Operation,
  operationNames,
  parseInput,
} from '../../engine/contract/index.ts'
import { splitTarget } from '../../engine/rest/routing/answer.ts'
import { collectInput } from '../../engine/rest/routing/input.ts'
import { readJsonBody } from '../../engine/rest/http/json-body.ts'
import { matchRoute } from '../../engine/rest/routing/routes.ts'
import { openDatabase } from '../../engine/store/index.ts'
import { feed } from './feed.ts'
import { inPieces, mutateBytes, mutateDocument, mutateJson, mutateText, oddText, oddValue } from './mutate.ts'
import { type Random, seed } from './random.ts'
import { sampleFields, sampleInput } from './samples.ts'

test(`every operation checks what it is given, seed ${seed}`, async () => {
  const make = (random: Random) => {
    const name = random.pick(operationNames)
    return { name, input: mutateJson(random, sampleInput(name)) }
  }
  await feed('inputs', { count: 6000 }, make, ({ name, input }) => parseInput(name, input))
})

const everyOperation: Operation[] = [
  ...operationNames.map((name) => describe(name)),
  ...dockerOperationNames.map((name) => dockerOperations[name]),
]

/** Without what would be a login in a header. */
const plainFields = (input: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([field]) => !/credentials|creds|token/i.test(field)))

test(`every path, with whatever is written in it, seed ${seed}`, async () => {
  const make = (random: Random) => {
    const operation = random.pick(everyOperation)
    const { method, path } = encodeRequest(operation, plainFields(sampleFields(operation)))
    return {
      method: random.chance(90) ? method : mutateText(random, method),
      target: mutateText(random, `/v5.0.0${path.replaceAll('undefined', encodeURIComponent(oddText(random).toWellFormed()))}`),
      body: inPieces(random, mutateDocument(random, { image: 'x', name: 'y', Images: [1] })),
      headers: { 'x-registry-auth': random.chance(50) ? mutateText(random, 'eyJhIjoxfQ==') : undefined },
    }
  }
  await feed('requests', { count: 6000 }, make, async ({ method, target, body, headers }) => {
    const { path, query } = splitTarget(target)
    const match = matchRoute(method, path, query)
    const arriving = (async function* () {
      yield* body
    })()
    const request = { method, target, headers, body: arriving, signal: new AbortController().signal }
    const input = await collectInput(match, query, request)
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype)
    match.parse(input)
  })
})

test(`bodies, filters, times and logins in headers, seed ${seed}`, async () => {
  const body = { image: 'x', env: { A: 'b' }, mounts: [{ type: 'bind' }] }
  const arriving = (random: Random) => inPieces(random, mutateDocument(random, body))
  await feed('bodies', { count: 2000 }, arriving, (pieces) =>
    readJsonBody(
      (async function* () {
        yield* pieces
      })(),
    ),
  )
  const login = Buffer.from(JSON.stringify({ username: 'u', password: 'p', 'quay.io': { username: 'a', password: 'b' } }))
  const header = (random: Random): string => {
    const text = (random.chance(50) ? mutateBytes(random, login) : mutateDocument(random, JSON.parse(login.toString()))).toString(
      'base64',
    )
    return random.chance(30) ? mutateText(random, text) : text
  }
  await feed('logins', { count: 2000 }, header, (text) => {
    decodeCredentials(text)
    decodeLogins('X-Registry-Auth', text)
    decodeLogins('X-Registry-Config', text)
  })
  const times = ['2026-01-31T12:00:00.5Z', '1700000000.123', '-1h30m', '2026-01-31', '10m', `${'9'.repeat(400)}h`]
  await feed(
    'times',
    { count: 3000 },
    (random) => mutateText(random, random.pick(times)),
    (text) => parseMoment(text, 'since'),
  )
})

const filterNames = [
  'id',
  'name',
  'label',
  'status',
  'exited',
  'ancestor',
  'before',
  'since',
  'volume',
  'health',
  'pod',
  'network',
  'until',
  'label!',
  'restart-policy',
  'command',
  'toString',
  '__proto__',
  'constructor',
]

test(`filters, seed ${seed}`, async () => {
  const make = (random: Random): Record<string, string[]> =>
    Object.fromEntries(
      Array.from({ length: random.below(4) }, () => [
        random.pick(filterNames),
        Array.from({ length: random.below(3) }, () =>
          String(random.chance(50) ? random.pick(['running', 'a=b', '10m', 'x', '1']) : oddValue(random, 4)),
        ),
      ]),
    )
  const folder = mkdtempSync(join(tmpdir(), 'berth-fuzz-'))
  const database = openDatabase(join(folder, 'state.db'))
  try {
    const conf = async () => ({ network: {} }) as ContainersConf
    const context = { database, root: folder, options: { networkConfigDir: folder }, conf } as unknown as Context
    await feed('container filters', { count: 2000 }, make, (filters) => containerFilter(context, filters))
    await feed('pod filters', { count: 2000 }, make, (filters) => podFilter(filters))
  } finally {
    database.close()
    rmSync(folder, { recursive: true })
  }
})
