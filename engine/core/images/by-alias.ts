import type { EngineError } from '../../errors/index.ts'

/**
 * What an operation was asked for, with the full name in place of a short one that was not found here and is an alias in
 * registries.conf: so an image that was pulled by its alias is found by it, too.
 * @returns nothing where the name is no alias.
 */
export async function byAlias(input: unknown, { code, details }: EngineError): Promise<unknown> {
  const short = details['name']
  if (code !== 'ImageNotFound' || typeof short !== 'string' || !/^[a-z0-9]/.test(short)) return undefined
  const { aliasOf, readRegistriesConf } = await import('../../registry/index.ts')
  try {
    const full = aliasOf(await readRegistriesConf(), short)
    return full === undefined ? undefined : replaceName(input as Fields, short, full)
  } catch {
    // That the image is not known says more than what is wrong with the configuration.
    return undefined
  }
}

/** Where operations have names of images. */
interface Fields {
  name?: unknown
  parent?: unknown
  references?: unknown
  body?: { image?: unknown }
}

function replaceName(input: Fields, short: string, full: string): Fields {
  const put = <T>(value: T): T | string => (value === short ? full : value)
  const { name, parent, references, body } = input
  return {
    ...input,
    ...(name === short ? { name: full } : {}),
    ...(parent === short ? { parent: full } : {}),
    ...(Array.isArray(references) ? { references: references.map(put) } : {}),
    ...(body?.image === short ? { body: { ...body, image: full } } : {}),
  }
}
