import type { Mapping } from '../mapping.ts'
import { ourName } from './names.ts'
import { dockerNetwork } from './shown.ts'

/** All of this engine's are of the scope `local`; `builtin` is the one that there is by default. */
export const list: Mapping<'docker.network.list'> = async (engine, { filters: asked }, options) => {
  const { scope, type, name, ...filters } = asked
  const found = await engine['network.list'](
    { filters: { ...filters, ...(name ? { name: name.map(ourName) } : {}) }, containers: true },
    options,
  )
  if (scope && !scope.includes('local')) return []
  const kind = (id: string) => (id === 'podman' ? 'builtin' : 'custom')
  return found.filter((network) => !type || type.includes(kind(network.name))).map(dockerNetwork)
}

export const inspect: Mapping<'docker.network.inspect'> = async (engine, { name }, options) =>
  dockerNetwork(await engine['network.inspect']({ name: ourName(name) }, options))
