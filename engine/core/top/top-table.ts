import { hasPs, listProcesses } from '../../adapters/ps.ts'
import type { Output } from '../../contract/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { chooseColumns, isDescriptors } from './columns.ts'
import { processTable } from './table.ts'

/**
 * The processes of a running container: by podman's descriptors from /proc, by anything else from the host's ps(1), as podman does.
 * Where the host has no ps, its usual forms are answered from /proc too.
 *
 * @throws EngineError `InvalidArgument` for what neither knows.
 */
export async function topTable(
  context: Context,
  record: ContainerRecord,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Output<'container.top'>> {
  const words = args.length === 1 ? (args[0] ?? '').split(/\s+/).filter(Boolean) : args
  if (isDescriptors(words) || !hasPs()) return processTable(context, record, chooseColumns(words))
  const scope = { pid: record.state.pid, ownIds: record.config.idMappings !== undefined }
  const [titles = '', ...lines] = await listProcesses(scope, words, signal)
  const Titles = titles.split(/\s+/).filter(Boolean)
  return { Titles, Processes: lines.map((line) => fieldsOf(line, Titles.length)), Lines: [titles, ...lines] }
}

/** The last field is the rest of the line: a command line has spaces of its own. */
export function fieldsOf(line: string, count: number): string[] {
  const first = line
    .trim()
    .split(/\s+/)
    .slice(0, count - 1)
  const before = new RegExp(`^\\s*(?:\\S+\\s+){${first.length}}`)
  return [...first, line.replace(before, '').trimEnd()]
}
