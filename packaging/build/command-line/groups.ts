/** What is known of a module when groups are made. */
export interface Candidate {
  readonly path: string
  readonly bytes: number
  /** The recorded commands that ran it. */
  readonly commands: readonly string[]
}

/** Modules that one file holds, because commands that need one mostly need the others. */
export interface Group {
  readonly name: string
  readonly paths: readonly string[]
  /** Whether all functions are compiled when Berth is built: those of modules that a recorded command ran. */
  readonly compiled: boolean
}

/** What one more file costs a command, as the bytes of code that cost it as much: some 0.15 ms, where a kilobyte takes 0.014. */
const fileBytes = 10_000

/**
 * Groups of modules such that the recorded commands together read least: first all that the same commands ran, then, for as long as
 * it pays, two groups become one. What no command ran is in `rest`, and each package from npm that none ran by itself.
 */
export function groupsOf(candidates: readonly Candidate[]): Group[] {
  const recorded = new Map<string, Candidate[]>()
  const others = new Map<string, string[]>()
  for (const each of candidates) {
    if (each.commands.length > 0) add(recorded, each.commands.toSorted().join(' '), each)
    else add(others, packageOf(each.path) ?? 'rest', each.path)
  }
  const parts = Array.from(recorded, ([commands, members]) => partOf(new Set(commands.split(' ')), members))
  const needed = neededBytes(candidates)
  while (mergeBest(parts, needed));
  return [
    ...parts.map(({ members }, index) => ({ name: `run-${index + 1}`, paths: members.map(({ path }) => path), compiled: true })),
    ...Array.from(others, ([name, paths]) => ({ name, paths, compiled: false })),
  ]
}

interface Part {
  readonly commands: ReadonlySet<string>
  readonly members: readonly Candidate[]
  readonly bytes: number
}

const partOf = (commands: ReadonlySet<string>, members: readonly Candidate[]): Part => ({
  commands,
  members,
  bytes: members.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** Bytes that each command needs. */
function neededBytes(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const needed = new Map<string, number>()
  for (const { commands, bytes } of candidates) {
    for (const command of commands) needed.set(command, (needed.get(command) ?? 0) + bytes)
  }
  return needed
}

/** What all commands together pay for a file, each in proportion to what it needs: small commands must not pay for large ones. */
const costOf = ({ commands, bytes }: Part, needed: ReadonlyMap<string, number>) =>
  [...commands].reduce((sum, command) => sum + (fileBytes + bytes) / needed.get(command)!, 0)

/** Makes one of the two parts that save most as one; false when none save anything. */
function mergeBest(parts: Part[], needed: ReadonlyMap<string, number>): boolean {
  let best: { saved: number; a: number; b: number; merged: Part } | undefined
  for (let a = 0; a < parts.length; a += 1) {
    for (let b = a + 1; b < parts.length; b += 1) {
      const [one, other] = [parts[a]!, parts[b]!]
      const merged = { commands: new Set([...one.commands, ...other.commands]), members: [], bytes: one.bytes + other.bytes }
      const saved = costOf(one, needed) + costOf(other, needed) - costOf(merged, needed)
      if (saved > (best?.saved ?? 0)) best = { saved, a, b, merged }
    }
  }
  if (!best) return false
  const { a, b, merged } = best
  parts[a] = { ...merged, members: [...parts[a]!.members, ...parts[b]!.members] }
  parts.splice(b, 1)
  return true
}

/** The name of a package, as a file may be called. */
function packageOf(path: string): string | undefined {
  const [, inPackage] = path.split(/^.*node_modules\//)
  if (inPackage === undefined) return undefined
  const [scope = '', name = ''] = inPackage.split('/')
  return scope.startsWith('@') ? `${scope.slice(1)}-${name}` : scope
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  map.set(key, [...(map.get(key) ?? []), value])
}
