/**
 * A `require` that loads some of Node's own modules only when something of theirs is first used: node:crypto alone takes
 * 4 ms of a command that never asks for it. Its text becomes part of the bundle, so it may use nothing from outside.
 */
export function lazily(load: (name: string) => object): (name: string) => object {
  const slow =
    /^(node:)?(buffer|child_process|crypto|dgram|fs\/promises|http|https|net|readline\/promises|stream|stream\/promises|timers\/promises|tls|url|worker_threads|zlib)$/
  const known = new Map<string, object>()
  return (name) => {
    if (!slow.test(name)) return load(name)
    let made = known.get(name)
    if (made) return made
    let loaded: object | undefined
    const real = () => (loaded ??= load(name))
    made = new Proxy(
      {},
      {
        get: (_, key) => (key === '__esModule' ? undefined : Reflect.get(real(), key)),
        has: (_, key) => Reflect.has(real(), key),
        ownKeys: () => Reflect.ownKeys(real()),
        getOwnPropertyDescriptor: (_, key) => {
          const found = Reflect.getOwnPropertyDescriptor(real(), key)
          return found && { ...found, configurable: true }
        },
      },
    )
    known.set(name, made)
    return made
  }
}
