import type { Mapping } from '../mapping.ts'

export const exportContainer: Mapping<'docker.container.export'> = (engine, input, options) =>
  engine['container.export'](input, options)

export const changes: Mapping<'docker.container.changes'> = (engine, { name }, options) =>
  engine['container.changes']({ name, diffType: 'container' }, options)

export const pathInfo: Mapping<'docker.container.pathInfo'> = (engine, input, options) =>
  engine['container.pathInfo'](input, options)

/** Docker's clients rename members, and know what is in a folder by a dot in front. */
export const copyFrom: Mapping<'docker.container.copyFrom'> = (engine, { name, path }, options) => {
  const folder = path.replace(/(?<=\/|^)\.$/, '')
  if (folder === path && /[^/]/.test(path)) return engine['container.copyFrom']({ name, path }, options)
  const last = folder.split('/').findLast((part) => part !== '')
  return engine['container.copyFrom']({ name, path: folder === '' ? '/' : folder, rename: { [last ?? '/']: '.' } }, options)
}

export const copyTo: Mapping<'docker.container.copyTo'> = (engine, input, options) => engine['container.copyTo'](input, options)
