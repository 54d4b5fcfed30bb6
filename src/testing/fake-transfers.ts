import type { Engine, Output } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { delay } from '../engine/connection/retry.ts'
import { fakeImage, hex } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'
import { findImage } from './fake-images.ts'

type Progress = Output<'image.push'>

/** The fake's operations that carry images elsewhere and back. A step of a push takes `pace` milliseconds. */
export function transferVerbs(world: FakeWorld, pace = 100): Partial<Engine> {
  const { state, emit } = world
  const add = (name: string, size: number) => {
    const image = fakeImage(name, { Size: size, Created: Date.now() / 1000 })
    state.images = [...state.images.filter(({ Id }) => Id !== image.Id), image]
    emit('image', 'loadfromarchive', image.Id, name)
    return image
  }
  return {
    'image.push': async ({ name, destination = name, credentials }, options) => {
      findImage(world, name)
      if (destination.includes('private') && credentials === undefined)
        throw new EngineError('RegistryUnauthorized', `The registry of ${destination} wants a user name and password.`)
      return push(pace, options?.signal)
    },
    'manifest.push': async (_input, options) => push(pace, options?.signal),
    'image.get': async ({ name }) => archive(findImage(world, name).Id),
    'image.export': async ({ references }) => archive(String(references)),
    'image.load': async ({ body }) => {
      const text = new TextDecoder().decode(await readAll(body))
      if (!text.startsWith('archive')) throw new EngineError('ArchiveInvalid', 'That is no archive of an image.')
      const name = `localhost/loaded:${text.length}`
      return { Names: [add(name, text.length).RepoTags![0]!] }
    },
    'image.import': async ({ body, reference = '' }) => ({ Id: add(reference, (await readAll(body)).length).Id }),
  }
}

async function* archive(seed: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(`archive ${seed}`)
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: number[] = []
  for await (const piece of body) pieces.push(...piece)
  return Uint8Array.from(pieces)
}

async function* push(pace: number, signal = new AbortController().signal): AsyncGenerator<Progress, void, undefined> {
  const layer = (index: number, phase: NonNullable<Progress['layer']>['phase'], current: number, total: number): Progress => ({
    layer: { digest: `sha256:${String(index).repeat(64)}`, phase, current, total },
  })
  yield layer(1, 'exists', 29_800_000, 29_800_000)
  yield layer(2, 'mounted', 1210, 1210)
  for (let share = 0; share <= 1.0001; share += 0.1) {
    await delay(pace, signal)
    if (signal.aborted) throw new EngineError('Cancelled', 'image.push was cancelled.')
    yield layer(3, share > 0.99 ? 'done' : 'uploading', Math.round(44_100_000 * share), 44_100_000)
  }
  yield { manifestdigest: `sha256:${hex('pushed')}` }
}
