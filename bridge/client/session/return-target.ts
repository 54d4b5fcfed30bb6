import { returnParameter } from '../../protocol/index.ts'

/**
 * The package page to return to after a login, as a path of this server; undefined if there is none. It may be
 * nothing but a package page: no open redirect.
 */
export function returnTarget(page: { href: string; origin: string }): string | undefined {
  const wanted = new URL(page.href).searchParams.get(returnParameter)
  if (wanted === null || !URL.canParse(wanted, page.origin)) return undefined
  const { origin, pathname, search, hash } = new URL(wanted, page.origin)
  return origin === page.origin && /^\/cockpit(\+[^/]*)?\/@[^/]+\/./.test(pathname) ? pathname + search + hash : undefined
}
