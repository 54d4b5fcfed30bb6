import type { Engine } from '../../contract/index.ts'
import { shortId } from '../../spec/name.ts'
import type { Candidate } from './candidate.ts'

/** What a word of a command line can name. */
export type Kind = 'artifact' | 'connection' | 'container' | 'image' | 'network' | 'pod' | 'secret' | 'volume' | 'any'

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^\[?CONTAINER/, 'container'],
  [/^\[?(?:IMAGE|LIST|MANIFEST)/, 'image'],
  [/^\[?NETWORK/, 'network'],
  [/^\[?POD/, 'pod'],
  [/^\[?SECRET/, 'secret'],
  [/^\[?VOLUME/, 'volume'],
  [/^\[?ARTIFACT/, 'artifact'],
]

/** What the next argument names, by a command's line of usage: `NETWORK CONTAINER`, `CONTAINER [CONTAINER...]`. */
export function kindAt(usage: string, count: number, once: boolean): Kind | undefined {
  const words = usage.split(/\s+/).filter((word) => word !== '')
  const repeats = words.at(-1)?.includes('...') === true && !once
  const word = words[count] ?? (repeats ? words.at(-1) : undefined)
  if (word === undefined) return undefined
  return kinds.find(([pattern]) => pattern.test(word))?.[1] ?? (/^\[?NAME\b/.test(word) && words.length > 1 ? 'any' : undefined)
}

/** The names of the objects of a kind that there are. */
export async function namesOf(kind: Kind, engine: () => Promise<Engine>): Promise<Candidate[]> {
  switch (kind) {
    case 'connection':
      return (await (await import('../remote/destination.ts')).allConnections()).map(({ Name, URI }) => [Name, URI] as const)
    case 'container':
      return (await (await engine())['container.list']({ all: true })).map(
        ({ Names, Id, Image }) => [Names[0] ?? shortId(Id), Image] as const,
      )
    case 'image':
      return (await (await engine())['image.list']({})).flatMap(({ Names, Id }): Candidate[] =>
        Names?.length ? Names.map((name) => [name, shortId(Id)] as const) : [[shortId(Id)]],
      )
    case 'network':
      return (await (await engine())['network.list']({})).map(({ name, driver }) => [name, driver] as const)
    case 'pod':
      return (await (await engine())['pod.list']({})).map(({ Name, Status }) => [Name, Status] as const)
    case 'secret':
      return (await (await engine())['secret.list']({})).map(({ Spec }) => [Spec.Name, Spec.Driver.Name] as const)
    case 'volume':
      return (await (await engine())['volume.list']({})).map(({ Name, Driver }) => [Name, Driver] as const)
    case 'artifact':
      return (await (await engine())['artifact.list']({})).map(({ Name }) => [Name ?? ''] as const)
    case 'any':
      return (await Promise.all((['container', 'image', 'pod', 'network'] as const).map((each) => namesOf(each, engine)))).flat()
  }
}
