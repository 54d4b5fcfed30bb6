import type { Mapping } from '../mapping.ts'
import { familiar } from '../names.ts'

/** Search of registries. */
export const search: Mapping<'docker.registry.search'> = async (engine, { term, limit, filters, credentials }, options) => {
  const found = await engine['registry.search'](
    { term: term ?? '', ...(limit > 0 ? { limit } : {}), filters, credentials },
    options,
  )
  return found.map((each) => ({
    name: familiar(each.Name),
    description: each.Description,
    star_count: each.Stars,
    is_official: each.Official !== '',
    is_automated: each.Automated !== '',
  }))
}
