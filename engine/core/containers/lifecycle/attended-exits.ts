import type { Context } from '../../context.ts'

/** By context of a service that watches for exits: the containers whose exit it acts on itself. */
const attended = new WeakMap<Context, Set<string>>()

/** Begins to note containers for {@link attendExit}. @returns the ids noted; the caller takes out those that have exited. */
export function openAttendedExits(context: Context): Set<string> {
  const ids = new Set<string>()
  attended.set(context, ids)
  return ids
}

/** Ends it: from now on monitors start a process for each exit. */
export function closeAttendedExits(context: Context): void {
  attended.delete(context)
}

/**
 * Notes that a container which is about to be initialized is this process's to clean up.
 * @returns whether this process watches for exits; otherwise somebody else has to.
 */
export function attendExit(context: Context, id: string): boolean {
  const ids = attended.get(context)
  ids?.add(id)
  return ids !== undefined
}

/** For a container that could not be initialized. */
export function forgetExit(context: Context, id: string): void {
  attended.get(context)?.delete(id)
}
