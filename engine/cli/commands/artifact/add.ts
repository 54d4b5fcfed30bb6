import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool, text, texts } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'
import { fileReason } from '../../output/file-reason.ts'

export const artifactAdd = command({
  summary: 'Add an OCI artifact to the local store',
  description: 'Add an OCI artifact to the local store from the local filesystem',
  usage: 'ARTIFACT PATH [...PATH]',
  examples: [
    'berth artifact add quay.io/myimage/myartifact:latest /tmp/foobar.txt',
    'berth artifact add --file-type text/yaml quay.io/myimage/myartifact:latest /tmp/foobar.yaml',
    'berth artifact add --append quay.io/myimage/myartifact:latest /tmp/foobar.tar.gz',
  ],
  flags: {
    annotation: texts('', 'set an annotation for the specified files of artifact', { value: 'annotation' }),
    append: bool('a', 'Append files to an existing artifact'),
    'file-type': text('', 'Set file type to use for the artifact (layer)'),
    type: text('', 'Use type to describe an artifact'),
  },
  args: { min: 2 },
  async run({ args: [name = '', ...files], flags, engine }) {
    for (const file of files) await requireFile(file)
    const api = await engine()
    const signal = signalWhenInterrupted()
    let digest = ''
    let added = 0
    try {
      for (const file of files) {
        const append = flags.append || added > 0
        const body = createReadStream(file, { highWaterMark: 1024 * 1024 })
        const input = {
          name,
          fileName: path.basename(path.resolve(file)),
          annotations: flags.annotation,
          append,
          fileMIMEType: flags['file-type'],
          artifactMIMEType: added === 0 ? flags.type : undefined,
          body,
        }
        digest = (await api['artifact.add'](input, { signal })).ArtifactDigest
        added += 1
      }
    } catch (error) {
      // A new artifact is created completely or not at all.
      if (added > 0 && !flags.append) await api['artifact.remove']({ name }).catch(() => {})
      throw error
    }
    print(`${digest.replace(/^sha256:/, '')}\n`)
  },
})

async function requireFile(file: string): Promise<void> {
  let handle
  try {
    handle = await open(file)
    if ((await handle.stat()).isDirectory()) throw new EngineError('InvalidArgument', `open ${file}: it is a directory`)
  } catch (error) {
    if (EngineError.is(error)) throw error
    throw new EngineError('InvalidArgument', `open ${file}: ${fileReason(error)}`, {
      cause: error,
    })
  } finally {
    await handle?.close()
  }
}
