import { EngineError } from '../../../errors/index.ts'
import { checkIdMap, type IdMapping, type IdMappings } from '../../../spec/id-map.ts'

/** What `--userns auto` asks for. */
export interface AutomaticIds {
  /** How many ids the container has. */
  size: number
  /** Those that are given. */
  fixed: IdMappings
}

/** A run of ids. */
interface Run {
  first: number
  size: number
}

/**
 * Chooses ids that no other container has, the lowest first. The caller holds the lock until they are recorded.
 *
 * @param available ids that may be given, as the engine sees them.
 * @param taken mappings of all other containers.
 * @throws EngineError `SubidMissing` when too few are free; `InvalidArgument` for fixed ids that overlap.
 */
export function allocateIds(
  asked: AutomaticIds,
  available: Record<'uids' | 'gids', readonly Run[]>,
  taken: readonly IdMappings[],
): IdMappings {
  const choose = (kind: 'uids' | 'gids') =>
    chooseIds(
      asked.size,
      asked.fixed[kind],
      available[kind],
      [...taken, asked.fixed].flatMap((each) => each[kind]),
      kind.slice(0, 3),
    )
  return { uids: choose('uids'), gids: choose('gids') }
}

function chooseIds(
  size: number,
  fixed: readonly IdMapping[],
  available: readonly Run[],
  taken: readonly IdMapping[],
  kind: string,
): IdMapping[] {
  const wanted = subtract(
    [{ first: 0, size }],
    fixed.map(({ container_id, size: count }) => ({ first: container_id, size: count })),
  )
  const free = subtract(
    available,
    taken.map(({ host_id, size: count }) => ({ first: host_id, size: count })),
  )
  const chosen: IdMapping[] = []
  for (const { first, size: count } of wanted) {
    for (let at = first, left = count; left > 0;) {
      const run = free.shift()
      if (run === undefined) throw tooFew(size, kind)
      const part = Math.min(run.size, left)
      chosen.push({ container_id: at, host_id: run.first, size: part })
      if (run.size > part) free.unshift({ first: run.first + part, size: run.size - part })
      at += part
      left -= part
    }
  }
  return checkIdMap([...chosen, ...fixed], kind)
}

/** What is left of runs, lowest first. */
function subtract(runs: readonly Run[], gone: readonly Run[]): Run[] {
  return gone
    .reduce<Run[]>(
      (left, each) =>
        left.flatMap((run) => {
          const [first, end] = [Math.max(run.first, each.first), Math.min(run.first + run.size, each.first + each.size)]
          if (first >= end) return [run]
          return [
            { first: run.first, size: first - run.first },
            { first: end, size: run.first + run.size - end },
          ].filter(({ size }) => size > 0)
        }),
      [...runs],
    )
    .toSorted((one, other) => one.first - other.first)
}

function tooFew(size: number, kind: string): EngineError {
  const message = `could not find enough available IDs for a container with ${size} ${kind}s: give it fewer (--userns auto:size=…), remove containers with user namespaces of their own, or extend the range in /etc/sub${kind}`
  return new EngineError('SubidMissing', message, { details: { size, kind } })
}
