import type { BlobProgress } from '../../../contract/index.ts'
import type { Digest } from '../../../image/index.ts'
import type { PlacedBody, TarInput } from '../../../lib/tar/index.ts'
import { reportSteps } from '../progress/progress.ts'

type Body = NonNullable<TarInput['body']>

/**
 * The same members; what becomes of each layer's bytes is reported. A layer is what is not in memory: documents are.
 *
 * @param report takes the steps; nothing is reported without it.
 */
export async function* withSteps(
  members: AsyncIterable<TarInput>,
  report: ((step: BlobProgress) => void) | undefined,
): AsyncGenerator<TarInput, void, undefined> {
  if (!report) return yield* members
  const steps = reportSteps<'uploading' | 'done'>(({ layer }) => layer && report(layer), false)
  for await (const each of members) {
    const { header, body } = each
    const hex = /[0-9a-f]{64}/.exec(header.path)?.[0]
    if (hex === undefined || !body || !(Symbol.asyncIterator in body)) {
      yield each
      continue
    }
    const blob = steps.layer({ digest: `sha256:${hex}` as Digest, size: header.size })
    blob.phase('uploading')
    yield {
      header,
      body: watched(
        body,
        (bytes) => blob.bytes(bytes),
        () => blob.phase('done'),
      ),
    }
  }
}

function watched(body: Body, bytes: (count: number) => void, done: () => void): Body {
  const placed = body as Partial<PlacedBody>
  return {
    ...(placed.writeAt
      ? {
          writeAt: async (file: string, offset: number, signal: AbortSignal) => {
            await placed.writeAt?.(file, offset, signal)
            done()
          },
        }
      : {}),
    async *[Symbol.asyncIterator]() {
      let count = 0
      for await (const piece of body) {
        yield piece
        bytes((count += piece.byteLength))
      }
      done()
    },
  }
}
