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
    route = parseRoute(seen)
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

/** The current route, updated on each change. */
export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute)

/** A value kept in the query of the URL. `initial` is not written. */
export function useQuery<T extends string = string>(name: string, initial: NoInfer<T>): [T, (value: T) => void] {
  const { query } = useRoute()
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
  return [(query.get(name) as T | null) ?? initial, set]
}

/** Several values kept in the query of the URL, one `name=value` each. The same list as long as the query is the same. */
export function useQueryList(name: string): [readonly string[], (values: readonly string[]) => void] {
  const { query } = useRoute()
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
  return [useMemo(() => query.getAll(name), [query, name]), set]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
