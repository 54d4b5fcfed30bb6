import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { stderr } from '../output/print.ts'
import { progressOn } from './progress-lines.ts'

type Item = Output<'image.push'>

/**
 * Follows a transfer, with its progress on stderr as podman's (on stdout as skopeo's): a line for each blob, which grows on a terminal.
 *
 * @returns the digest of what was written.
 */
export async function showTransfer(
  items: AsyncIterable<Item>,
  quiet: boolean,
  output: NodeJS.WriteStream = stderr(),
): Promise<string> {
  const shown = quiet ? undefined : progressOn(output)
  let digest = ''
  for await (const item of items) {
    if (item.error) throw new EngineError('Internal', item.error)
    if (item.layer) shown?.blob(item.layer)
    if (item.stream) shown?.text(item.stream)
    digest = item.manifestdigest ?? digest
  }
  return digest
}
