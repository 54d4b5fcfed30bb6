import { useCallback, useSyncExternalStore } from 'react'

/** Where in the page we are: the part behind `#`, as `#/containers/ID?tab=logs`. */
export interface Place {
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

const listeners = new Set<() => void>()
let seen = '\0'
let place: Place = { path: [], query: new URLSearchParams() }

/** Reads a fragment. What is not valid there is left out. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) }
}

/** Writes a link to a place; query values that are undefined or empty are left out. */
export function linkTo(path: readonly string[], query: Record<string, string | undefined> | URLSearchParams = {}): string {
  const entries = query instanceof URLSearchParams ? [...query] : Object.entries(query)
  const search = new URLSearchParams(entries.filter((entry): entry is [string, string] => Boolean(entry[1]))).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`
}

/** Goes to a place. `replace` leaves no step in the browser's history, for filters and the like. */
export function navigate(link: string, options: { replace?: boolean } = {}): void {
  if (link === window.location.hash) return
  if (options.replace) window.history.replaceState(window.history.state, '', link)
  else window.history.pushState(null, '', link)
  for (const listener of listeners) listener()
}

/** The place we are at. */
export function currentPlace(): Place {
  if (window.location.hash !== seen) {
    seen = window.location.hash
    place = parsePlace(seen)
  }
  return place
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

/** The place we are at, now and after each change. */
export const usePlace = (): Place => useSyncExternalStore(subscribe, currentPlace)

/** One value of the query, kept in the URL so that a link or a reload brings it back. `initial` is not written. */
export function useQuery<T extends string = string>(name: string, initial: NoInfer<T>): [T, (value: T) => void] {
  const { query } = usePlace()
  const set = useCallback(
    (value: T) => {
      const { path, query } = currentPlace()
      const next = new URLSearchParams(query)
      if (value === initial) next.delete(name)
      else next.set(name, value)
      navigate(linkTo(path, next), { replace: true })
    },
    [name, initial],
  )
  return [(query.get(name) as T | null) ?? initial, set]
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
