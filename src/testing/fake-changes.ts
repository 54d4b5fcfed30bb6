import type { ContainerSummary, Engine } from '../../engine/contract/index.ts'
import { fakeImage } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'

type Find = (name: string) => ContainerSummary
type Change = (name: string, changes: Partial<ContainerSummary>, action: string) => void

/** Operations of the fake that change what a container is, and those on its files. */
export function changeVerbs(world: FakeWorld, find: Find, change: Change): Partial<Engine> {
  return {
    'container.exists': async ({ name }) => void find(name),
    'container.edit': async ({ name, body, reset = [], dryRun }) => {
      const old = find(name)
      const fields = [...Object.keys(body), ...[reset].flat()]
      if (!dryRun) change(name, { ...(body.portmappings ? { Ports: body.portmappings } : {}) }, 'update')
      return {
        Id: old.Id,
        Changes: fields.map((Field) => ({ Field, Before: null, After: null })),
        Restarts: old.State === 'running' && fields.length > 0,
        NewFiles: fields.includes('image'),
        Warnings: [],
      }
    },
    'container.changes': async () => [
      { Path: '/etc', Kind: 0 },
      { Path: '/etc/nginx/conf.d/default.conf', Kind: 1 },
      { Path: '/var/cache/nginx/client_temp', Kind: 2 },
    ],
    'container.pathInfo': async ({ path }) => {
      const name = path.split('/').at(-1) ?? ''
      return { name, size: 7, mode: 0o644, mtime: new Date(0).toISOString(), isDir: !name.includes('.'), linkTarget: path }
    },
    'container.copyTo': async ({ body }) => {
      for await (const _ of body) continue
    },
    'container.update': async ({ name }) => find(name).Id,
    'container.commit': async ({ container, repo = '', tag = 'latest' }) => {
      const image = fakeImage(`${repo}:${tag}`)
      world.state.images = [...world.state.images, image]
      world.emit('image', 'commit', image.Id, find(container).Names[0]!)
      return { Id: image.Id }
    },
  }
}
