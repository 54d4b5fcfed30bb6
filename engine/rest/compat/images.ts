import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { familiar, fullName, withAlgorithm } from './names.ts'
import { type CompatRoute, filtersOf, isOn, json } from './route.ts'

type Summary = Output<'image.list'>[number]
type Inspect = Output<'image.inspect'>

const path = (end: string): RegExp => new RegExp(`^/images/(.+)${end}$`)

/** Images in Docker's form. */
export const imageRoutes: CompatRoute[] = [
  {
    method: 'GET',
    path: /^\/images\/json$/,
    statuses: { others: 500 },
    async handle({ engine, query, options }) {
      const filters = filtersOf(query)
      const list = await engine['image.list']({ all: isOn(query, 'all'), ...filters }, options)
      const shown = namesOf(filters.filters)
      // Docker's clients take a list for an image; each of its images is listed by itself.
      const found = list.filter((image) => image.IsManifestList !== true)
      return json(found.map((image) => toSummary(image, isOn(query, 'shared-size'), shown)))
    },
  },
  {
    method: 'GET',
    path: path('/json'),
    handle: async ({ engine, name, options }) => json(toInspect(await engine['image.inspect']({ name }, options))),
  },
  {
    method: 'GET',
    path: path('/history'),
    async handle({ engine, name, options }) {
      const steps = await engine['image.history']({ name }, options)
      return json(steps.map((step) => ({ ...step, Id: withAlgorithm(step.Id), Tags: step.Tags?.map(familiar) ?? null })))
    },
  },
  {
    method: 'POST',
    path: path('/tag'),
    async handle({ engine, name, query, options }) {
      const [repo, tag] = [query.get('repo'), query.get('tag')]
      if (!repo) throw new EngineError('InvalidArgument', 'repo says nothing: it is the name that the image gets.')
      await engine['image.tag']({ name, repo: fullName(repo), ...(tag ? { tag } : {}) }, options)
      return { status: 201, headers: {} }
    },
  },
  {
    method: 'DELETE',
    path: path(''),
    async handle({ engine, name, query, options }) {
      const report = await engine['image.remove']({ name, force: isOn(query, 'force'), noprune: isOn(query, 'noprune') }, options)
      return json([
        ...report.Untagged.map((each) => ({ Untagged: familiar(each) })),
        ...report.Deleted.map((id) => ({ Deleted: withAlgorithm(id) })),
      ])
    },
  },
  {
    method: 'POST',
    path: /^\/images\/prune$/,
    statuses: { others: 500 },
    async handle({ engine, query, options }) {
      const filters = filtersOf(query)
      // Docker says by this filter what podman has a parameter for.
      const all = /"dangling":\s*[[{]\s*"(?:false|0)"/.test(filters.filters ?? '')
      const removed = await engine['image.prune']({ all, ...filters }, options)
      return json({
        ImagesDeleted: removed.map(({ Id }) => ({ Deleted: withAlgorithm(Id) })),
        SpaceReclaimed: removed.reduce((sum, { Size }) => sum + Size, 0),
      })
    },
  },
]

/** Of an image found by its name Docker shows only the names that were asked for; podman's filter, ours, all of them. */
function namesOf(filters: string | undefined): ((name: string) => boolean) | undefined {
  const value = filters === undefined ? undefined : (JSON.parse(filters) as { reference?: unknown }).reference
  const patterns = Array.isArray(value) ? value.map(String) : Object.keys(value ?? {})
  if (patterns.length === 0 || patterns.some((each) => /[?[\\]/.test(each))) return undefined
  const tests = patterns.map(
    (each) =>
      new RegExp(
        `^${familiar(each)
          .replace(/[.+^${}()|\]]/g, '\\$&')
          .replaceAll('*', '[^/]*')}$`,
      ),
  )
  return (name) => tests.some((each) => each.test(name) || each.test(name.replace(/:[^:/]*$/, '')))
}

/** Docker says -1 for what it has not computed. */
function toSummary(image: Summary, shared: boolean, wanted: ((name: string) => boolean) | undefined): object {
  // Podman's patterns find more than Docker's: an image that only they find keeps its names.
  const shown = wanted && image.Names?.some((name) => wanted(familiar(name))) ? wanted : () => true
  return {
    Containers: image.Containers,
    Created: image.Created,
    Id: withAlgorithm(image.Id),
    Labels: image.Labels,
    ParentId: withAlgorithm(image.ParentId),
    RepoDigests: (image.RepoDigests ?? []).map(familiar).filter((name) => shown(name.replace(/@.*$/, ''))),
    RepoTags: (image.RepoTags ?? []).map(familiar).filter(shown),
    SharedSize: shared ? image.SharedSize : -1,
    Size: image.Size,
    VirtualSize: image.VirtualSize,
    Digest: image.Digest,
    History: image.History,
    Names: image.Names,
  }
}

function toInspect(image: Inspect): object {
  const config = toConfig(image)
  return {
    Id: withAlgorithm(image.Id),
    RepoTags: image.RepoTags.map(familiar),
    RepoDigests: image.RepoDigests.map(familiar),
    Parent: withAlgorithm(image.Parent),
    Comment: image.Comment,
    Created: image.Created,
    Container: '',
    ContainerConfig: config,
    DockerVersion: image.Version,
    Author: image.Author,
    Config: config,
    Architecture: image.Architecture,
    Os: image.Os,
    Size: image.Size,
    VirtualSize: image.VirtualSize,
    GraphDriver: image.GraphDriver,
    RootFS: image.RootFS,
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  }
}

/** Docker writes the fields of a container's configuration that an image never has, too. */
function toConfig({ Config, Healthcheck }: Inspect): object {
  return {
    Hostname: '',
    Domainname: '',
    User: Config.User ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(Config.ExposedPorts ? { ExposedPorts: Config.ExposedPorts } : {}),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: Config.Env ?? null,
    Cmd: Config.Cmd ?? null,
    ...(Healthcheck ? { Healthcheck } : {}),
    Image: '',
    Volumes: Config.Volumes ?? null,
    WorkingDir: Config.WorkingDir ?? '',
    Entrypoint: Config.Entrypoint ?? null,
    OnBuild: Config.OnBuild ?? null,
    Labels: Config.Labels ?? null,
    ...(Config.StopSignal ? { StopSignal: Config.StopSignal } : {}),
    ...(Config.Shell ? { Shell: Config.Shell } : {}),
  }
}
