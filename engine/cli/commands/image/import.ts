import { type BigIntStats, createReadStream, statSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { longCall, readUntil } from '../../terminal/interrupt.ts'
import { bool, text, texts } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'
import { fileReason } from '../../output/file-reason.ts'

export const importCommand = command({
  summary: 'Import a tarball to create a filesystem image',
  description:
    'Creates an image from a tarball, plain or compressed with gzip, zstd, xz or bzip2: from a file, from standard input (-), or from a web address.',
  usage: 'PATH [REFERENCE]',
  examples: [
    'berth import https://example.com/ctr.tar url-image',
    'cat ctr.tar | berth import -q --message "importing the ctr.tar tarball" - image-imported',
    'cat ctr.tar | berth import -',
  ],
  flags: {
    arch: text('', 'Set the architecture of the imported image'),
    change: texts(
      'c',
      'Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR',
    ),
    message: text('m', 'Set commit message for imported image'),
    os: text('', 'Set the OS of the imported image'),
    quiet: bool('q', 'Suppress output'),
    variant: text('', 'Set the variant of the imported image'),
  },
  args: { min: 1, max: 2 },
  async run({ args, flags, engine }) {
    const [place, reference] = args as [string, string?]
    const url = /^https?:\/\//.test(place)
    const api = await engine()
    const options = longCall(flags.quiet)
    const from = url
      ? { url: place, body: nothing() }
      : place === '-'
        ? { body: readUntil(process.stdin, options.signal) }
        : fileBody(place)
    const { Id } = await api['image.import'](
      {
        reference,
        changes: flags.change,
        message: flags.message,
        OS: flags.os,
        Architecture: flags.arch,
        Variant: flags.variant,
        ...from,
      },
      options,
    )
    print(`${Id}\n`)
    return 0
  },
})

/** As with podman, an image made from a file is as old as the file. */
function fileBody(path: string): { created: string; body: AsyncIterable<Uint8Array> } {
  let found: BigIntStats
  try {
    found = statSync(path, { bigint: true })
  } catch (cause) {
    const reason = fileReason(cause)
    throw new EngineError('NotFound', `error opening "${path}": open ${path}: ${reason}`, { details: { path }, cause })
  }
  if (found.isDirectory())
    throw new EngineError('InvalidArgument', `error reading "${path}": read ${path}: is a directory: give an archive of it`, {
      details: { path },
    })
  const mtime = found.mtimeNs
  const fraction = String(mtime % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  const seconds = new Date(Number(mtime / 1_000_000n)).toISOString().slice(0, 19)
  return {
    created: `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`,
    body: createReadStream(path, { highWaterMark: 1024 * 1024 }),
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}
