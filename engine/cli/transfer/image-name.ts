/** A name split as the API takes it: what is before the tag, and the tag. A port's colon is none, nor one with nothing behind it. */
export function splitName(name: string): { repo: string; tag?: string } {
  const colon = name.lastIndexOf(':')
  if (colon < 0 || colon === name.length - 1 || name.includes('/', colon) || name.includes('@')) return { repo: name }
  return { repo: name.slice(0, colon), tag: name.slice(colon + 1) }
}
