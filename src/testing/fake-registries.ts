import type { Engine, Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { delay } from '../engine/connection/retry.ts'
import { hex } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'

type Registry = Output<'registry.list'>[number]

const configured: Registry[] = [
  { Name: 'docker.io', Search: true, Insecure: false, Blocked: false, Mirrors: ['mirror.example.org/hub'] },
  {
    Name: 'registry.example.org',
    Search: false,
    Insecure: false,
    Blocked: false,
    Mirrors: [],
    User: 'alice',
    From: '/run/user/1000/containers/auth.json',
    Removable: true,
  },
  { Name: 'lab.example.org:5000', Search: true, Insecure: true, Blocked: false, Mirrors: [] },
  { Name: 'old.example.org', Search: false, Insecure: false, Blocked: true, Mirrors: [] },
]

const find = (Name: string, Description: string, Stars = 0, Official = '') => ({
  Index: 'docker.io',
  Name: `docker.io/${Name}`,
  Description,
  Stars,
  Official,
  Automated: '',
  Tag: '',
})

const tags = ['latest', '8', '8.2', '8.2-alpine', '7.4', '7.4-alpine']

const finds = [
  find(
    'library/redis',
    'Redis is the world’s fastest data platform for caching, vector search, and NoSQL databases.',
    13_400,
    '[OK]',
  ),
  find('redis/redis-stack', 'redis-stack installs a Redis server with additional database capabilities and RedisInsight.', 180),
  find('bitnami/redis', 'Bitnami container image for Redis', 320),
  find('library/nginx', 'Official build of Nginx.', 20_900, '[OK]'),
  find('library/postgres', 'The PostgreSQL object-relational database system.', 14_100, '[OK]'),
]

/** The fake's operations about registries. */
export function registryVerbs({ state }: FakeWorld): Partial<Engine> {
  let registries = configured.map((each) => ({ ...each }))
  return {
    'registry.search': async ({ term = '', listTags }) =>
      listTags ? tags.map((Tag) => ({ ...find(term, ''), Tag })) : finds.filter(({ Name }) => Name.includes(term)),
    'registry.list': async () => registries,
    'registry.login': async ({ registry, credentials = '' }) => {
      const [User, password] = credentials.split(':')
      if (password === 'wrong')
        throw new EngineError('RegistryUnauthorized', `${registry} does not accept this user name and password.`)
      const known = registries.find(({ Name }) => Name === registry)
      const From = '/run/user/1000/containers/auth.json'
      const next = {
        Name: registry,
        Search: false,
        Insecure: false,
        Blocked: false,
        Mirrors: [],
        ...known,
        User,
        From,
        Removable: true,
      }
      registries = [...registries.filter((each) => each !== known), next]
      return { File: From }
    },
    'registry.logout': async ({ registry }) => {
      registries = registries.map(({ User, From, Removable, ...rest }) =>
        rest.Name === registry ? rest : { ...rest, ...(User === undefined ? {} : { User, From, Removable }) },
      )
    },
    'image.updates': async (_input, options) => updates(state.images, options?.signal),
  }
}

async function* updates(
  images: FakeWorld['state']['images'],
  signal = new AbortController().signal,
): AsyncGenerator<Output<'image.updates'>, void, undefined> {
  for (const { Id, RepoTags } of images) {
    for (const name of RepoTags ?? []) {
      await delay(20, signal)
      if (signal.aborted) throw new EngineError('Cancelled', 'image.updates was cancelled.')
      const checked = Math.floor(Date.now() / 1000)
      if (name.startsWith('localhost/')) yield { name, id: Id, status: 'unknown', reason: 'It comes from no registry.', checked }
      else if (name.includes('nginx')) yield { name, id: Id, status: 'newer', digest: `sha256:${hex(`newer ${name}`)}`, checked }
      else yield { name, id: Id, status: 'current', checked }
    }
  }
}
