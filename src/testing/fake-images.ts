import type { Engine, Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import type { Image } from '../engine/live/live-data.ts'
import { delay } from '../engine/connection/retry.ts'
import { fakeImage } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'

type Progress = Output<'image.pull'>
type Phase = NonNullable<Progress['layer']>['phase']

const layers = [29_800_000, 44_100_000, 1210, 955].map((total, index) => ({
  digest: `sha256:${String(index + 1).repeat(64)}`,
  total,
}))

/** The image of that id or name. @throws EngineError `ImageNotFound` */
export function findImage({ state }: FakeWorld, name: string): Image {
  const found = state.images.find((each) => each.Id === name || each.RepoTags?.includes(name))
  if (!found) throw new EngineError('ImageNotFound', `There is no image ${name}.`)
  return found
}

/** Puts another description in the place of an image's, or takes it away. */
export function replaceImage({ state, emit }: FakeWorld, old: Image, next: Image | undefined, action: string): void {
  state.images = state.images.flatMap((each) => (each !== old ? [each] : next ? [next] : []))
  emit('image', action, old.Id, old.RepoTags?.[0] ?? old.Id)
}

/** The image operations of the fake. A pull takes `pace` milliseconds a step. */
export function imageVerbs(world: FakeWorld, pace = 120): Partial<Engine> {
  const { state } = world
  const removeOne = (name: string) => {
    const found = findImage(world, name)
    const names = (found.RepoTags ?? []).filter((each) => each !== name)
    if (found.Id !== name && names.length > 0) replaceImage(world, found, { ...found, RepoTags: names }, 'untag')
    else if (found.Containers > 0)
      throw new EngineError('ImageInUse', `The image ${name} is used by a container; remove that container first.`)
    else replaceImage(world, found, undefined, 'remove')
    return found.Id
  }
  return {
    'image.list': async () => state.images,
    'image.exists': async ({ name }) => void findImage(world, name),
    'image.remove': async ({ name }) => ({ Untagged: [name], Deleted: [removeOne(name)], Errors: [], ExitCode: 0 }),
    'image.removeMany': async ({ images = [] }) => {
      const Errors: string[] = []
      const Deleted = [images].flat().flatMap((name) => {
        try {
          return [removeOne(name)]
        } catch (error) {
          Errors.push(EngineError.from(error).message)
          return []
        }
      })
      return { Untagged: [], Deleted, Errors, ExitCode: Errors.length > 0 ? 2 : 0 }
    },
    ...nameVerbs(world),
    'image.prune': async ({ all }) => {
      const gone = state.images.filter(
        ({ Containers, RepoTags, Dangling }) => Containers === 0 && (all || (Dangling ?? (RepoTags ?? []).length === 0)),
      )
      for (const image of gone) replaceImage(world, image, undefined, 'remove')
      return gone.map(({ Id, Size, SharedSize }) => ({ Id, Size: Size - SharedSize }))
    },
    'image.pull': async ({ reference }, options) => {
      if (reference.includes('private'))
        throw new EngineError('RegistryUnauthorized', `The registry of ${reference} wants a user name and password.`)
      return pull(world, reference, pace, options?.signal)
    },
  }
}

/** The operations that give and take names. */
function nameVerbs(world: FakeWorld): Partial<Engine> {
  const { state } = world
  return {
    'image.tag': async ({ name, repo, tag = 'latest' }) => {
      const found = findImage(world, name)
      const wanted = `${repo}:${tag}`
      for (const each of state.images)
        if (each.RepoTags?.includes(wanted))
          replaceImage(world, each, { ...each, RepoTags: each.RepoTags.filter((one) => one !== wanted) }, 'untag')
      const now = findImage(world, found.Id)
      replaceImage(world, now, { ...now, RepoTags: [...(now.RepoTags ?? []), wanted] }, 'tag')
    },
    'image.untag': async ({ name, repo, tag }) => {
      const found = findImage(world, name)
      const gone = `${repo}:${tag}`
      replaceImage(world, found, { ...found, RepoTags: (found.RepoTags ?? []).filter((each) => each !== gone) }, 'untag')
    },
  }
}

async function* pull(
  { state, emit }: FakeWorld,
  reference: string,
  pace: number,
  signal = new AbortController().signal,
): AsyncGenerator<Progress, void, undefined> {
  const step = (index: number, phase: Phase, share: number): Progress => {
    const { digest, total } = layers[index]!
    return { layer: { digest, phase, current: Math.round(total * share), total } }
  }
  yield { stream: `Trying to pull ${reference}...\n` }
  for (const index of layers.keys()) yield step(index, index === 2 ? 'exists' : 'waiting', 0)
  for (let share = 0; share <= 1.0001; share += 0.04) {
    await delay(pace, signal)
    if (signal.aborted) throw new EngineError('Cancelled', 'image.pull was cancelled.')
    yield step(0, share < 0.98 ? 'downloading' : 'done', Math.min(1, share * 1.3))
    yield step(1, share < 0.96 ? 'downloading' : 'unpacking', share)
  }
  yield step(1, 'done', 1)
  yield step(3, 'done', 1)
  const made = fakeImage(reference.includes(':') ? reference : `${reference}:latest`, { Size: 73_900_000 })
  state.images = [...state.images.filter((each) => each.Id !== made.Id), made]
  emit('image', 'pull', made.Id, reference)
  yield { images: [made.Id], id: made.Id }
}
