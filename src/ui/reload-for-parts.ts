import { _ } from '../i18n/gettext.ts'

const key = 'berth-reloaded-for-parts'
/** Milliseconds within which a second reload would not help either. */
const notAgainWithin = 30_000

/** A part of the program that could not be loaded. Only a reload of the document asks for it again. */
export class PartMissing extends Error {
  override readonly name = 'PartMissing'
}

/**
 * Reloads the document because a part of it could not be loaded: the network was away for a moment, or the console was updated. A browser
 * asks for a file of the program once only, and keeps its failure until then (HTML, "fetch a single module script").
 *
 * @returns never, while the document is reloaded.
 * @throws PartMissing where that was done a moment ago.
 */
export async function reloadForParts(cause: unknown): Promise<never> {
  // What is wrong with it, if it came and could not be run, is for who develops it.
  console.error(cause)
  const last = Number(sessionStorage.getItem(key) ?? 0)
  if (Date.now() - last < notAgainWithin)
    throw new PartMissing(_('A part of the page could not be loaded. Check the connection to the console.'), { cause })
  sessionStorage.setItem(key, String(Date.now()))
  location.reload()
  return await new Promise<never>(() => {})
}
