import { decompress, readPieces } from '../../../image/index.ts'
import { openPlain } from '../../../lib/files/plain-file.ts'
import { createTarParser } from '../../../lib/tar/index.ts'

/** Names of the members of a layer's blob. @throws ArchiveInvalid, LayerInvalid */
export async function* memberNames(blob: string): AsyncGenerator<string, void, undefined> {
  let names: string[] = []
  const parser = createTarParser({ entry: ({ path }) => void names.push(path), data: () => {}, end: () => {} })
  for await (const piece of decompress(readPieces(openPlain(blob)))) {
    parser.push(piece)
    yield* names
    names = []
  }
}
