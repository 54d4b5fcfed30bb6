import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'

/** 0 if it is there, 1 if it is not. */
async function exists(check: Promise<unknown>): Promise<number> {
  try {
    await check
    return 0
  } catch (error) {
    if (EngineError.is(error, 'ContainerNotFound', 'ImageNotFound', 'PodNotFound', 'NotFound')) return 1
    throw error
  }
}

export const containerExists = command({
  summary: 'Check if a container exists in local storage',
  usage: 'CONTAINER',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => exists((await engine())['container.exists']({ name })),
})

export const imageExists = command({
  summary: 'Check if an image exists in local storage',
  usage: 'IMAGE',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => exists((await engine())['image.exists']({ name })),
})

export const podExists = command({
  summary: 'Check if a pod exists in local storage',
  usage: 'POD',
  flags: {},
  args: { min: 1, max: 1 },
  run: async ({ args: [name = ''], engine }) => exists((await engine())['pod.exists']({ name })),
})
