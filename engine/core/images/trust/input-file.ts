import { readFile, stat } from 'node:fs/promises'

import { EngineError } from '../../../errors/index.ts'

const maxBytes = 16 * 1024 * 1024

/** A file that the caller names. @throws EngineError InvalidArgument */
export async function readInput(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > maxBytes) throw new Error('it is larger than 16 MiB')
    return await readFile(file)
  } catch (error) {
    throw new EngineError('InvalidArgument', `The file ${file} cannot be read: ${(error as Error).message}.`, {
      details: { file },
      cause: error,
    })
  }
}
