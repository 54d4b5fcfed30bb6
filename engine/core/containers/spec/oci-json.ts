import type { OciProcess, OciSpec } from './oci.ts'
import { unlimited } from './rlimits.ts'

/** A spec, or a process alone, as the runtime reads it: a resource without a limit is 2^64 - 1, which no number of ours can be. */
export function ociJson(value: Partial<OciSpec> | OciProcess): string {
  return JSON.stringify(
    'process' in value && value.process ? { ...value, process: exact(value.process) } : exact(value as OciProcess),
  )
}

function exact(process: OciProcess): unknown {
  const { rlimits } = process
  if (rlimits === undefined) return process
  return { ...process, rlimits: rlimits.map(({ type, hard, soft }) => ({ type, hard: exactly(hard), soft: exactly(soft) })) }
}

function exactly(limit: number): unknown {
  return limit >= unlimited ? rawJson('18446744073709551615') : limit
}

// The compiler's library does not know it yet.
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON
