import { readFileSync, writeFileSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { print } from '../../output/print.ts'
import { bool, text, texts, textOr } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { longCall } from '../../terminal/interrupt.ts'

export const commit = command({
  summary: 'Create new image based on the changed container',
  description:
    "Creates an image from a container's changes. Optionally tags the image created, sets the author with the --author flag, sets the commit message with the --message flag, and makes changes to the instructions with the --change flag.",
  usage: 'CONTAINER [IMAGE]',
  examples: [
    'berth commit -q --format docker --message "committing container to image" box image-committed',
    'berth commit -q --author "firstName lastName" box image-committed',
    'berth commit -q --pause=false box image-committed',
    'berth commit box',
  ],
  flags: {
    author: text('a', 'Set the author for the image committed'),
    change: texts(
      'c',
      'Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | HEALTHCHECK | LABEL | ONBUILD | SHELL | STOPSIGNAL | USER | VOLUME | WORKDIR',
    ),
    config: text('', 'file containing a container configuration to merge into the image', { value: 'file' }),
    format: textOr('f', 'Format of the image manifest and metadata', 'oci', { value: 'Format' }),
    iidfile: text('', 'file to write the image ID to', { value: 'file' }),
    'include-volumes': bool('', 'Include container volumes as image volumes'),
    message: text('m', 'Set commit message for imported image'),
    pause: bool('p', 'Pause container during commit'),
    quiet: bool('q', 'Suppress output'),
    squash: bool('s', 'squash newly built layers into a single new layer'),
  },
  args: { min: 1, max: 2 },
  async run({ args, flags, engine }) {
    const [container = '', repo] = args
    const { Id } = await (
      await engine()
    )['container.commit'](
      {
        container,
        repo,
        author: flags.author,
        changes: flags.change,
        comment: flags.message,
        format: formatOf(flags.format),
        pause: flags.pause,
        squash: flags.squash,
        includeVolumes: flags['include-volumes'],
        body: flags.config === undefined ? {} : readConfig(flags.config),
      },
      longCall(flags.quiet),
    )
    if (flags.iidfile !== undefined) writeFileSync(flags.iidfile, Id, { mode: 0o644 })
    print(`${Id}\n`)
  },
})

/** @throws UsageError, with podman's message. */
function formatOf(text: string): 'oci' | 'docker' {
  if (text === 'oci' || text === 'docker') return text
  throw new UsageError(`unrecognized image format ${JSON.stringify(text)}`)
}

/** @throws EngineError `InvalidArgument`. */
function readConfig(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new EngineError('InvalidArgument', `The configuration ${file} cannot be read: ${(cause as Error).message}`, {
      details: { file },
      cause,
    })
  }
  throw new EngineError('InvalidArgument', `The configuration ${file} is not a JSON object.`, { details: { file } })
}
