import { existsSync, readdirSync, statSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { progressOptions } from '../../terminal/interrupt.ts'
import { bool, text, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { writeArchive, writeFolder, writeOut } from '../../transfer/write-archive.ts'
import { stdout } from '../../output/print.ts'

const formats = ['oci-dir', 'oci-archive', 'docker-dir', 'docker-archive']

export const save = command({
  summary: 'Save image(s) to an archive',
  description: 'Save an image to docker-archive or oci-archive on the local machine. Default is docker-archive.',
  usage: 'IMAGE [IMAGE...]',
  examples: [
    'berth save --quiet -o myimage.tar imageID',
    'berth save --format docker-dir -o ubuntu-dir ubuntu',
    'berth save > alpine-all.tar alpine:latest',
  ],
  flags: {
    compress: bool('', "Compress tarball image layers when saving to a directory using the 'dir' transport"),
    format: textOr(
      '',
      'Save image to oci-archive, oci-dir (directory with oci manifest type), docker-archive, docker-dir (directory with v2s2 manifest type)',
      'docker-archive',
    ),
    'multi-image-archive': bool(
      'm',
      'Interpret additional arguments as images not tags and create a multi-image-archive (only for docker-archive)',
    ),
    output: text('o', 'Write to a specified file (default: stdout, which must be redirected)'),
    quiet: bool('q', 'Suppress the output'),
    uncompressed: bool('', 'Accept uncompressed layers when copying OCI images'),
  },
  async run({ args, flags, engine }) {
    const { output } = flags
    const format = flags.format as 'docker-archive'
    if (args.length === 0) throw new UsageError('need at least 1 argument')
    if (!formats.includes(format))
      throw new UsageError('format value must be one of oci-dir oci-archive docker-dir docker-archive')
    const folder = flags.format.endsWith('-dir')
    if (flags.compress && flags.format !== 'docker-dir')
      throw new UsageError("--compress can only be set when --format is 'docker-dir'")
    if (output === undefined && stdout().isTTY) throw new UsageError('refusing to save to terminal. Use -o flag or redirect')
    if (output === undefined && folder) throw new UsageError(`--format ${flags.format} writes a folder: name it with -o`)
    if (output?.includes(':')) throw new UsageError(`invalid filename (should not contain ':') ${JSON.stringify(output)}`)
    if (output !== undefined) refuseToOverwrite(output, flags.format)
    const api = await engine()
    const [first, ...others] = args as [string, ...string[]]
    const names = flags['multi-image-archive'] ? { references: args } : { references: [first], additionalTags: others }
    const { compress, uncompressed, quiet } = flags
    const source = await api['image.export'](
      { ...names, format, compress, ociAcceptUncompressedLayers: uncompressed },
      // To standard output nothing is printed, as with podman.
      progressOptions(quiet || output === undefined),
    )
    if (output === undefined) await writeOut(source)
    else await (folder ? writeFolder(source, output) : writeArchive(source, output))
    return 0
  },
})

/** Podman's message. */
function refuseToOverwrite(output: string, format: string): void {
  let found
  try {
    found = statSync(output, { throwIfNoEntry: false })
  } catch {
    // The write reports why it fails.
  }
  if (!found) return
  if (format === 'docker-archive' && found.isFile() && found.size > 0)
    throw new EngineError('InvalidArgument', "docker-archive doesn't support modifying existing images")
  if (!format.endsWith('-dir')) {
    if (found.isDirectory()) throw new EngineError('InvalidArgument', `opening file "${output}": open ${output}: is a directory`)
    return
  }
  // A layout only adds to a folder; a dir has files whose names may be there.
  const empty = found.isDirectory() && (format === 'oci-dir' || readdirSync(output).length === 0)
  const known = format === 'docker-dir' ? `${output}/version` : `${output}/index.json`
  if (!empty && !existsSync(known)) {
    const kind = format === 'docker-dir' ? 'dir' : 'oci'
    throw new EngineError(
      'InvalidArgument',
      `initializing destination ${kind}:${output}: not a containers image directory, don't want to overwrite important data`,
    )
  }
}
