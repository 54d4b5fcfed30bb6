import type { Output } from '../../contract/index.ts'
import { EngineError, type ErrorCode } from '../../errors/index.ts'
import type { ContainerRecord } from '../../store/index.ts'

/**
 * Runs a verb on each member, in parallel or in order; a failure does not stop the others, and its message goes into the report.
 * `passed` are error codes that mean there was nothing to do.
 */
export async function forEachMember(
  members: readonly ContainerRecord[],
  work: (record: ContainerRecord) => Promise<unknown>,
  { inOrder = false, passed = [] }: { inOrder?: boolean; passed?: readonly ErrorCode[] } = {},
): Promise<string[]> {
  const failures: string[] = []
  const attempt = async (record: ContainerRecord): Promise<void> => {
    try {
      await work(record)
    } catch (error) {
      if (!EngineError.is(error, ...passed) || passed.length === 0)
        failures.push(`container ${record.name}: ${EngineError.from(error).message}`)
    }
  }
  if (inOrder) for (const record of members) await attempt(record)
  else await Promise.all(members.map(attempt))
  return failures
}

/** libpod's report: `Errs` is null when all went well, `RawInput` is what podman's client prints of start and stop. */
export function podReport(id: string, failures: readonly string[], asNamed?: string): Output<'pod.start'> {
  return { Errs: failures.length === 0 ? null : [...failures], Id: id, ...(asNamed === undefined ? {} : { RawInput: asNamed }) }
}
