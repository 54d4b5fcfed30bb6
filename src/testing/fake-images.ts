import type { Engine, Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { delay } from '../lib/retry.ts'
import { fakeImage } from './fake-data.ts'
import type { FakeWorld } from './fake-engine.ts'

type Progress = Output<'image.pull'>
type Phase = NonNullable<Progress['layer']>['phase']

const layers = [29_800_000, 44_100_000, 1210, 955].map((total, index) => ({
  digest: `sha256:${String(index + 1).repeat(64)}`,
  total,
}))

/** The image operations of the fake. A pull takes `pace` milliseconds a step. */
export function imageVerbs(world: FakeWorld, pace = 120): Partial<Engine> {
  const { state, emit } = world
  return {
    'image.list': async () => state.images,
    'image.exists': async ({ name }) => {
      if (!state.images.some((each) => each.Id === name || each.RepoTags?.includes(name)))
        throw new EngineError('ImageNotFound', `There is no image ${name}.`)
    },
    'image.remove': async ({ name }) => {
      const found = state.images.find((each) => each.Id === name || each.RepoTags?.includes(name))
      if (!found) throw new EngineError('ImageNotFound', `There is no image ${name}.`)
      if (found.Containers > 0)
        throw new EngineError('ImageInUse', `The image ${name} is used by a container; remove that container first.`)
      state.images = state.images.filter((each) => each !== found)
      emit('image', 'remove', found.Id, name)
      return { Untagged: [name], Deleted: [found.Id], Errors: [], ExitCode: 0 }
    },
    'image.pull': async ({ reference }, options) => {
      if (reference.includes('private'))
        throw new EngineError('RegistryUnauthorized', `The registry of ${reference} wants a user name and password.`)
      return pull(world, reference, pace, options?.signal)
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
