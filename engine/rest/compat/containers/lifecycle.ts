import type { Mapping } from '../mapping.ts'
import { connectWaiting } from './attach.ts'

export const start: Mapping<'docker.container.start'> = async (engine, { name, detachKeys }, options) => {
  await connectWaiting(engine, name, options)
  await engine['container.start']({ name, ...(detachKeys === undefined ? {} : { detachKeys }) }, options)
}

export const stop: Mapping<'docker.container.stop'> = (engine, { name, t }, options) =>
  engine['container.stop']({ name, ...seconds(t) }, options)

export const restart: Mapping<'docker.container.restart'> = (engine, { name, t }, options) =>
  engine['container.restart']({ name, ...seconds(t) }, options)

export const kill: Mapping<'docker.container.kill'> = (engine, { name, signal }, options) =>
  engine['container.kill']({ name, ...(signal === undefined ? {} : { signal }) }, options)

export const pause: Mapping<'docker.container.pause'> = (engine, input, options) => engine['container.pause'](input, options)

export const unpause: Mapping<'docker.container.unpause'> = (engine, input, options) =>
  engine['container.unpause'](input, options)

export const rename: Mapping<'docker.container.rename'> = (engine, { container, name }, options) =>
  // Docker's clients show names with a slash in front.
  engine['container.rename']({ container, name: name.replace(/^\//, '') }, options)

export const remove: Mapping<'docker.container.remove'> = async (engine, { name, force, v, ignore }, options) => {
  await engine['container.remove']({ name, force, v, ignore }, options)
}

export const prune: Mapping<'docker.container.prune'> = async (engine, { filters }, options) => {
  const removed = (await engine['container.prune']({ filters: filters ?? {} }, options)).filter(({ Err }) => !Err)
  return {
    ContainersDeleted: removed.length === 0 ? null : removed.map(({ Id }) => Id),
    SpaceReclaimed: removed.reduce((sum, { Size }) => sum + Size, 0),
  }
}

export const resize: Mapping<'docker.container.resize'> = (engine, { name, h, w }, options) =>
  engine['container.resize']({ name, h, w }, options)

/** Docker waits without end where it is negative, which no client asks for. */
function seconds(t: number | undefined): { timeout?: number } {
  return t === undefined || t < 0 ? {} : { timeout: t }
}
