import { type AuditRule, type OperationName, textsAt } from '../../contract/index.ts'
import { containerById, type Database, findContainer, findExecSession, findPod } from '../../store/index.ts'

/** What an operation was about. */
export interface AuditObject {
  /** Names, in one line. */
  object?: string
  objectId?: string
}

/** Objects that a record names at most, of an operation on many. */
const maxNames = 16

/**
 * The names that a caller gave, and for a container, a pod or an exec session its own name and id, whatever it was referred to by.
 * Call it before the work, which may remove it.
 */
export function nameObject(
  database: Database,
  operation: OperationName,
  { object = [], kind }: AuditRule,
  input: unknown,
): AuditObject {
  const given = textsAt(input, object).filter((each) => each !== '')
  const [first, ...others] = given
  if (first === undefined) return {}
  const found = lookUp(database, kind ?? operation.replace(/\..*$/, ''), first)
  const names = [found?.name ?? first, ...others]
  return {
    object: names.length > maxNames ? `${names.slice(0, maxNames).join(' ')} …` : names.join(' '),
    ...(found === undefined ? {} : { objectId: found.id }),
  }
}

type Found = { id: string; name: string }

/** How an object is found by what a caller calls it, by its kind. Of others only what the caller said is recorded. */
const finders: Readonly<Record<string, (database: Database, ref: string) => Found>> = {
  container: findContainer,
  pod: findPod,
  exec: (database, ref) => {
    const { id, container } = findExecSession(database, ref)
    return { id, name: containerById(database, container)?.name ?? ref }
  },
}

function lookUp(database: Database, kind: string, ref: string): Found | undefined {
  try {
    return finders[kind]?.(database, ref)
  } catch {
    // None or several: the operation reports it.
    return undefined
  }
}
