type Token = { kind: 'any' } | { kind: 'one'; accepts: (letter: string) => boolean }

/** Which wildcards are special. */
export interface GlobOptions {
  /** `?` and `[a-z]` too; without it only `*` is. */
  letters?: boolean
  /** `*` and `?` do not stand for a slash, as in paths. */
  path?: boolean
}

/**
 * A test for texts that fit a pattern with `*`. Takes time in proportion to both lengths at most, whatever the pattern: patterns come
 * from callers.
 * @throws Error for a `[` without its `]`
 */
export function globMatcher(pattern: string, options: GlobOptions = {}): (text: string) => boolean {
  const tokens = tokenize(pattern, options)
  const mayPass = options.path ? (letter: string): boolean => letter !== '/' : (): boolean => true
  return (text) => {
    let at = 0
    let token = 0
    // Where the last `*` stands, and how far it reaches so far.
    let star = -1
    let reach = 0
    while (at < text.length) {
      const next = tokens[token]
      if (next?.kind === 'one' && next.accepts(text[at]!)) {
        at += 1
        token += 1
      } else if (next?.kind === 'any') {
        star = token
        reach = at
        token += 1
      } else if (star >= 0 && mayPass(text[reach]!)) {
        reach += 1
        at = reach
        token = star + 1
      } else return false
    }
    return tokens.slice(token).every(({ kind }) => kind === 'any')
  }
}

function tokenize(pattern: string, { letters, path }: GlobOptions): Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < pattern.length; i += 1) {
    const letter = pattern[i]!
    if (letter === '*') tokens.push({ kind: 'any' })
    else if (letters && letter === '?') tokens.push({ kind: 'one', accepts: (each) => !path || each !== '/' })
    else if (letters && letter === '[') {
      const end = pattern.indexOf(']', i + 2)
      if (end < 0) throw new Error('a [ has no ]')
      tokens.push({ kind: 'one', accepts: letterClass(pattern.slice(i + 1, end)) })
      i = end
    } else tokens.push({ kind: 'one', accepts: (each) => each === letter })
  }
  return tokens
}

/** `a-z0`, or `^a-z` for all others. */
function letterClass(text: string): (letter: string) => boolean {
  const not = text.startsWith('^') || text.startsWith('!')
  const ranges = Array.from(
    (not ? text.slice(1) : text).matchAll(/(.)-(.)|(.)/gs),
    ([, from, to, one]) => [from ?? one!, to ?? one!] as const,
  )
  return (letter) => letter !== '/' && ranges.some(([from, to]) => letter >= from && letter <= to) !== not
}
