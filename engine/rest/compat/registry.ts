import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { readJsonBody } from '../json-body.ts'
import { credentialsOf } from './image-create.ts'
import { familiar, fullName } from './names.ts'
import { type CompatCall, type CompatRoute, filtersOf, json } from './route.ts'

const hub = 'docker.io'
const mostBytes = 4 * 1024 * 1024

/** What Docker's client asks a registry through its engine. */
export const registryRoutes: CompatRoute[] = [
  { method: 'POST', path: /^\/auth$/, statuses: { others: 500 }, handle: checkLogin },
  {
    method: 'GET',
    path: /^\/images\/search$/,
    statuses: { fields: { limit: 400 }, others: 500 },
    async handle(call) {
      const { engine, query, options } = call
      const limit = Number(query.get('limit') ?? 0)
      if (!Number.isInteger(limit))
        throw new EngineError('InvalidArgument', `The limit ${JSON.stringify(query.get('limit'))} is not a whole number.`, {
          details: { field: 'limit' },
        })
      const found = await engine['registry.search'](
        { term: query.get('term') ?? '', ...(limit > 0 ? { limit } : {}), ...filtersOf(query), ...credentialsOf(call) },
        options,
      )
      return json(
        found.map((each) => ({
          name: familiar(each.Name),
          description: each.Description,
          star_count: each.Stars,
          is_official: each.Official !== '',
          is_automated: each.Automated !== '',
        })),
      )
    },
  },
  { method: 'GET', path: /^\/distribution\/(.+)\/json$/, handle: distribution },
]

/** Docker's client keeps the login itself: ours is checked with a file of its own, which goes again. */
async function checkLogin({ engine, request, options }: CompatCall) {
  const body = (await readJsonBody(request.body)) as { username?: unknown; password?: unknown; serveraddress?: unknown } | null
  const { username, password, serveraddress } = body ?? {}
  if (typeof username !== 'string' || typeof password !== 'string' || username === '')
    throw new EngineError('InvalidArgument', 'The login has no username or no password.')
  const given = typeof serveraddress === 'string' ? serveraddress.replace(/^https?:\/\//, '').replace(/\/.*$/, '') : ''
  const registry = given === '' || given === 'index.docker.io' ? hub : given
  const folder = await mkdtemp(join(tmpdir(), 'berth-login-'))
  try {
    await engine['registry.login'](
      { registry, credentials: `${username}:${password}`, authfile: join(folder, 'auth.json') },
      options,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return json({ Status: 'Login Succeeded', IdentityToken: '' })
}

interface ManifestText {
  mediaType?: string
  manifests?: { platform?: { architecture?: string; os?: string; variant?: string } }[]
}

async function distribution(call: CompatCall) {
  const { engine, name, options } = call
  const reference = `docker://${fullName(name)}`
  const access = credentialsOf(call)
  const bytes = await collect((await engine['image.remoteRaw']({ reference, ...access }, options)) as AsyncIterable<Uint8Array>)
  const manifest = JSON.parse(bytes.toString()) as ManifestText
  const list = manifest.manifests?.flatMap(({ platform }) => (platform ? [platform] : []))
  const single = async () => {
    const { Architecture, Os, Variant } = await engine['image.remoteInspect']({ reference, noTags: true, ...access }, options)
    return [{ architecture: Architecture, os: Os, ...(Variant ? { variant: Variant } : {}) }]
  }
  return json({
    Descriptor: {
      mediaType: manifest.mediaType ?? `application/vnd.oci.image.${list ? 'index' : 'manifest'}.v1+json`,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      size: bytes.length,
    },
    Platforms: list ?? (await single()),
  })
}

async function collect(items: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const item of items) {
    size += item.length
    if (size > mostBytes) throw new EngineError('TooLarge', 'The manifest is larger than 4 MiB.')
    parts.push(item)
  }
  return Buffer.concat(parts)
}
