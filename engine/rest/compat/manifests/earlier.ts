import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'

export const create: Mapping<'libpod3.manifest.create'> = async (engine, { image, ...input }, options) =>
  engine['manifest.create']({ ...input, images: image, body: {} }, options)

export const add: Mapping<'libpod3.manifest.add'> = async (engine, { body, ...input }, options) => {
  if (!body.images || body.images.length === 0)
    throw new EngineError('InvalidArgument', 'manifest add requires at least one image', { details: { field: 'images' } })
  const { Id } = await engine['manifest.modify']({ ...input, body: { ...body, operation: 'update' } }, options)
  return { Id }
}

export const removeImage: Mapping<'libpod3.manifest.removeImage'> = async (engine, { name, digest }, options) => {
  if (!/^[a-z0-9]+:[0-9a-f]{32,}$/.test(digest))
    throw new EngineError('InvalidArgument', 'invalid checksum digest format', { details: { field: 'digest' } })
  const { Id } = await engine['manifest.modify']({ name, body: { operation: 'remove', images: [digest] } }, options)
  return { Id }
}

export const push: Mapping<'libpod3.manifest.push'> = async (engine, input, options) => {
  let id = ''
  for await (const { manifestdigest, error } of await engine['manifest.push']({ ...input, quiet: true }, options)) {
    if (error) throw new EngineError('Internal', error)
    id = manifestdigest ?? id
  }
  return { Id: id }
}
