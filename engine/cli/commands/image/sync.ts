import { type FileHandle, open } from 'node:fs/promises'

import type { Output } from '../../../contract/index.ts'
import { type Call, command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool, text, type Values } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'
import {
  bothSidesInput,
  oldTlsFlag,
  placeFlags,
  platformFlags,
  prefixed,
  retryFlags,
  signFlags,
  trustFlags,
} from '../../skopeo/flags.ts'
import { printError, stdout } from '../../output/print.ts'
import { fileReason } from '../../output/file-reason.ts'

type Item = Output<'image.sync'>
type Notice = NonNullable<Item['notice']>

const flags = {
  all: bool('a', 'Copy all images if SOURCE-IMAGE is a list'),
  'append-suffix': text('', 'String to append to DESTINATION tags'),
  authfile: placeFlags.authfile,
  dest: text('d', 'DESTINATION transport type'),
  ...prefixed('dest-', placeFlags),
  digestfile: text(
    '',
    'Write the digests and Image References of the resulting images to the specified file, separated by newlines',
  ),
  'dry-run': bool('', 'Run without actually copying data'),
  format: text(
    'f',
    'MANIFEST TYPE (oci, v2s1, or v2s2) to use when syncing image(s) to a destination (default is manifest type of source, with fallbacks)',
  ),
  ...trustFlags,
  'keep-going': bool('', 'Do not abort the sync if any image copy fails'),
  ...platformFlags,
  'preserve-digests': bool('', 'Preserve digests of images and lists'),
  ...retryFlags,
  scoped: bool('', 'Images at DESTINATION are prefix using the full source image path as scope'),
  ...signFlags,
  src: text('s', 'SOURCE transport type'),
  ...prefixed('src-', placeFlags),
  ...oldTlsFlag,
}

export const imageSync = command({
  summary: 'Synchronize one or more images from one location to another',
  description:
    'Copy all the images from a SOURCE to a DESTINATION.\n\nAllowed SOURCE transports (specified with --src): docker, dir, yaml.\nAllowed DESTINATION transports (specified with --dest): docker, dir.\n\nWith yaml, SOURCE is a file that lists images by registry, each with its tags, a regular expression (images-by-tag-regex) or a constraint for versions (images-by-semver).',
  usage: '--src TRANSPORT --dest TRANSPORT SOURCE DESTINATION',
  examples: ['berth image sync --src docker --dest dir --scoped registry.example.com/busybox /media/usb'],
  flags,
  args: { min: 2, max: 2 },
  run: (call) =>
    runSync(call, ({ message, fields: { from, to, ...fields } }) => {
      const about = from === undefined ? Object.values(fields).join(' ') : `${from} to ${to}`
      printError(`${message}${about === '' ? '' : `: ${about}`}\n`)
    }),
})

/** Runs a sync. @param tell prints notices. */
export async function runSync(
  { args: [source = '', destination = ''], flags: given, engine }: Pick<Call<typeof flags>, 'args' | 'flags' | 'engine'>,
  report: (notice: Notice) => void,
): Promise<void> {
  const input = { source, destination, ...transports(given), ...bothSidesInput(given) }
  const api = await engine()
  const items = await api['image.sync'](
    {
      ...input,
      all: given.all,
      scoped: given.scoped,
      appendSuffix: given['append-suffix'],
      dryRun: given['dry-run'],
      keepGoing: given['keep-going'],
    },
    { signal: signalWhenInterrupted() },
  )
  // Created before anything is copied: if that fails, nothing is.
  const digests = given.digestfile === undefined || given['dry-run'] ? undefined : await openDigests(given.digestfile)
  try {
    await showTransfer(
      passing(items, report, (line) => digests?.appendFile(line)),
      false,
      stdout(),
    )
  } finally {
    await digests?.close()
  }
}

/** @throws ExitError */
async function openDigests(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'w', 0o644)
  } catch (cause) {
    const reason = fileReason(cause)
    throw new ExitError(125, `Error creating digest file: open ${file}: ${reason}`, cause)
  }
}

async function* passing(
  items: AsyncIterable<Item>,
  report: (notice: Notice) => void,
  digest: (line: string) => Promise<void> | undefined,
): AsyncGenerator<Item, void, undefined> {
  for await (const item of items) {
    if (item.notice) report(item.notice)
    else if (item.synced) await digest(`${item.synced.digest} ${item.synced.destination}\n`)
    else yield item
  }
}

/** @throws UsageError */
function transports({ src, dest }: Values<typeof flags>): { src: 'docker' | 'dir' | 'yaml'; dest: 'docker' | 'dir' } {
  if (!src) throw new UsageError('A source transport must be specified')
  if (src !== 'docker' && src !== 'dir' && src !== 'yaml')
    throw new UsageError(`${JSON.stringify(src)} is not a valid source transport`)
  if (!dest) throw new UsageError('A destination transport must be specified')
  if (dest !== 'docker' && dest !== 'dir') throw new UsageError(`${JSON.stringify(dest)} is not a valid destination transport`)
  if (src === 'dir' && dest === 'dir')
    throw new UsageError("sync from 'dir' to 'dir' not implemented, consider using rsync instead")
  return { src, dest }
}
