import { useCallback, useMemo, useSyncExternalStore } from 'react'

/** The route: the fragment of the URL, such as `#/containers/ID?tab=logs`. */
export interface Route {
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

const listeners = new Set<() => void>()
let seen = '\0'
let route: Route = { path: [], query: new URLSearchParams() }

/** Parses a fragment; invalid parts are left out. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) }
}

/** Writes a link to a route; query values that are undefined or empty are left out. */
export function linkTo(path: readonly string[], query: Record<string, string | undefined> | URLSearchParams = {}): string {
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query)
  const search = new URLSearchParams(entries.filter((entry): entry is [string, string] => Boolean(entry[1]))).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`
}

/** Navigates to a link. `replace` adds no entry to the browser's history. */
export function navigate(link: string, options: { replace?: boolean } = {}): void {
  if (link === window.location.hash) return
  if (options.replace) window.history.replaceState(window.history.state, '', link)
  else window.history.pushState(null, '', link)
  for (const listener of listeners) listener()
}

/** The current route. */
export function currentRoute(): Route {
  if (window.location.hash !== seen) {
    seen = window.location.hash
    const next = parseRoute(seen)
    // The same path as before is the same array, for those who only look at it.
    const same = next.path.length === route.path.length && next.path.every((part, index) => part === route.path[index])
    route = same ? { path: route.path, query: next.query } : next
  }
  return route
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('hashchange', listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('hashchange', listener)
    window.removeEventListener('popstate', listener)
  }
}

/** The path of the current route; a change of the query alone does not render again. */
export const usePath = (): readonly string[] => useSyncExternalStore(subscribe, () => currentRoute().path)

/** A value kept in the query of the URL. `initial` is not written. */
export function useQuery<T extends string = string>(name: string, initial: NoInfer<T>): [T, (value: T) => void] {
  const value = useSyncExternalStore(subscribe, () => currentRoute().query.get(name))
  const set = useCallback(
    (value: T) => {
      const { path, query } = currentRoute()
      const next = new URLSearchParams(query)
      if (value === initial) next.delete(name)
      else next.set(name, value)
      navigate(linkTo(path, next), { replace: true })
    },
    [name, initial],
  )
  return [(value as T | null) ?? initial, set]
}

/** Several values kept in the query of the URL, one `name=value` each. The same list as long as they are the same. */
export function useQueryList(name: string): [readonly string[], (values: readonly string[]) => void] {
  const text = useSyncExternalStore(subscribe, () => JSON.stringify(currentRoute().query.getAll(name)))
  const set = useCallback(
    (values: readonly string[]) => {
      const { path, query } = currentRoute()
      const next = new URLSearchParams(query)
      next.delete(name)
      for (const value of values) next.append(name, value)
      navigate(linkTo(path, next), { replace: true })
    },
    [name],
  )
  return [useMemo(() => JSON.parse(text) as string[], [text]), set]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
