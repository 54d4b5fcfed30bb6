/** What a config.json of the OCI runtime specification says, by path, whatever the order it stands in. */
export type Facts = ReadonlyMap<string, string>

type Json = Record<string, any> // oxlint-disable-line no-explicit-any -- both engines' files are held against each other as they are

/** Lists of objects, and what an item is told by. */
const keys: Record<string, string> = {
  mounts: 'destination',
  'linux.namespaces': 'type',
  'linux.devices': 'path',
  'process.rlimits': 'type',
}

/** Lists whose order says nothing. */
const sets =
  /^process\.capabilities\.\w+$|^linux\.(maskedPaths|readonlyPaths)$|^mounts\..*\.options$|^process\.user\.additionalGids$/

/** What podman 5.8 hides, and 5.4 does not yet. */
const later = /^\/proc\/interrupts$|^\/sys\/devices\/system\/cpu\/cpu\d+\/thermal_throttle$/

/** @param own names that differ from engine to engine and from container to container, and the word that stands for each. */
export function factsOf(config: unknown, own: readonly (readonly [RegExp, string])[]): Facts {
  const facts = new Map<string, string>()
  const put = (path: string, value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    facts.set(
      path,
      own.reduce((found, [name, word]) => found.replaceAll(name, word), text),
    )
  }
  const visitAll = (path: string, object: Json) => {
    for (const [name, each] of Object.entries(object)) visit(path === '' ? name : `${path}.${name}`, each)
  }
  const visit = (path: string, value: unknown): void => {
    if (isNothing(value)) return
    if (path === 'process.env')
      for (const pair of value as string[]) put(`${path}.${nameOf(pair)}`, pair.slice(nameOf(pair).length + 1))
    else if (path === 'linux.seccomp') for (const [name, rules] of systemCalls(value as Json)) put(`${path}.${name}`, rules)
    else if (keys[path] !== undefined)
      for (const item of value as Json[]) {
        const { [keys[path]]: name, ...rest } = item
        put(`${path}.${name}`, 'is there')
        visitAll(`${path}.${name}`, rest)
      }
    // With the kind of file that the type says as well.
    else if (path.endsWith('.fileMode')) put(path, (value as number) & 0o7777)
    else if (Array.isArray(value))
      put(path, sets.test(path) ? [...new Set(value as string[])].filter((each) => !later.test(each)).toSorted() : value)
    else if (typeof value === 'object') visitAll(path, value as Json)
    else put(path, value)
  }
  visit('', config)
  return facts
}

/** What is off or empty need not be said. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0)
}

const nameOf = (pair: string) => pair.split('=', 1)[0]!

/** What the filter does with each system call, by its arguments. */
function systemCalls(filter: Json): [string, string[]][] {
  const rules = new Map<string, string[]>([
    ['default', [filter.defaultAction, String(filter.defaultErrnoRet ?? 1)]],
    ['architectures', filter.architectures ?? []],
  ])
  for (const { names, action, errnoRet, args } of filter.syscalls ?? []) {
    const compared = ((args ?? []) as Json[]).map(({ index, value, valueTwo, op }) => [index, value, valueTwo ?? 0, op])
    const rule = JSON.stringify([action, errnoRet ?? null, compared])
    for (const name of names as string[]) rules.set(name, [...(rules.get(name) ?? []), rule])
  }
  return [...rules].map(([name, each]) => [name, [...new Set(each)].toSorted()])
}

/** Where the two differ, a line each. */
export function differences(
  ours: Facts,
  theirs: Facts,
  isRight: (path: string, ours?: string, theirs?: string) => boolean,
): string[] {
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].toSorted()
  return paths.flatMap((path) => {
    const [one, other] = [ours.get(path), theirs.get(path)]
    return one === other || isRight(path, one, other) ? [] : [`${path}: ${one ?? 'nothing'}, and podman ${other ?? 'nothing'}`]
  })
}
