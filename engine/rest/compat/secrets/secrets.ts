import type { Secret } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'

const shape = ({ ID, CreatedAt, UpdatedAt, Spec }: Secret) => ({ ID, CreatedAt, UpdatedAt, Spec, Version: { Index: 1 } })

/** Lists secrets. */
export const list: Mapping<'docker.secret.list'> = async (engine, { filters }, options) =>
  (await engine['secret.list']({ filters }, options)).map(shape)

/** Creates a secret; its value is base64 in the request. */
export const create: Mapping<'docker.secret.create'> = async (engine, { body }, options) =>
  engine['secret.create'](
    {
      name: body.Name,
      driver: body.Driver?.Name ?? '',
      ...(body.Driver?.Options ? { driveropts: body.Driver.Options } : {}),
      labels: body.Labels ?? {},
      body: once(Buffer.from(body.Data, 'base64')),
    },
    options,
  )

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

export const inspect: Mapping<'docker.secret.inspect'> = async (engine, { name }, options) =>
  shape(await engine['secret.inspect']({ name }, options))

export const remove: Mapping<'docker.secret.remove'> = (engine, { name }, options) => engine['secret.remove']({ name }, options)
