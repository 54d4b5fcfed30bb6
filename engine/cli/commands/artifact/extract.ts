import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../../../errors/index.ts'
import { randomToken } from '../../../lib/random-id.ts'
import { readTar } from '../../../lib/tar/index.ts'
import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const artifactExtract = command({
  summary: 'Extract an OCI artifact to a local path',
  description: 'Extract the blobs of an OCI artifact to a local file or directory',
  usage: 'ARTIFACT PATH',
  examples: [
    'berth artifact extract quay.io/myimage/myartifact:latest /tmp/foobar.txt',
    'berth artifact extract quay.io/myimage/myartifact:latest /home/paul/mydir',
  ],
  flags: {
    digest: text('', 'Only extract blob with the given digest'),
    title: text('', 'Only extract blob with the given title'),
  },
  args: { min: 2, max: 2 },
  async run({ args: [name = '', target = ''], flags: { digest, title }, engine }) {
    if (digest !== undefined && title !== undefined) throw new UsageError('cannot specify both digest and title')
    const api = await engine()
    const folder = await isFolder(target)
    if (!folder && digest === undefined && title === undefined) {
      const { layers } = (await api['artifact.inspect']({ name })).Manifest
      if (layers.length > 1)
        throw new UsageError(
          `the artifact consists of several blobs and the target ${JSON.stringify(target)} is not a directory and neither digest or title was specified to only copy a single blob`,
        )
    }
    const archive = await api['artifact.extract'](
      { name, digest, title, excludeTitle: !folder },
      { signal: signalWhenInterrupted() },
    )
    for await (const { header, body } of readTar(archive)) {
      // The engine may be remote: its file names are not trusted.
      if (folder && (header.path.includes('/') || header.path === '..' || header.path === '.'))
        throw new EngineError('ArchiveInvalid', `The engine sent a file with the name ${JSON.stringify(header.path)}.`)
      await writeWhole(folder ? path.join(target, header.path) : target, body)
    }
  },
})

async function isFolder(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return target.endsWith('/')
    throw error
  }
}

/** Writes a file under a temporary name beside it, and renames it. */
async function writeWhole(file: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${randomToken()}.tmp`)
  try {
    await pipeline(body, createWriteStream(temporary, { flags: 'wx', mode: 0o644 }))
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    if (error instanceof EngineError) throw error
    throw new EngineError('InvalidArgument', `failed to create target file: open ${file}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
