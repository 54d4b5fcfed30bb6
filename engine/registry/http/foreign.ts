import { EngineError } from '../../errors/index.ts'
import type { Descriptor } from '../../image/index.ts'
import { downloadFile } from '../transfer/download.ts'

/**
 * Fetches a non-distributable layer (OCI image-spec, "Non-Distributable Layers"): from its manifest's URLs, over https only, else
 * from the registry, which may have it all the same. The reader verifies it.
 * @throws RegistryProtocol naming the URLs that were tried; as `Repository.blob` once bytes have arrived
 */
export async function* foreignBlob(
  descriptor: Descriptor,
  offset: number,
  atRegistry: () => AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { digest, urls = [] } = descriptor
  const failures: string[] = []
  for (const url of urls) {
    const found = await open(url, signal, failures)
    if (found) return yield* skip(found, offset)
  }
  let begun = false
  try {
    for await (const piece of atRegistry()) {
      begun = true
      yield piece
    }
  } catch (error) {
    if (begun || EngineError.is(error, 'Cancelled') || failures.length === 0) throw error
    throw new EngineError(
      'RegistryProtocol',
      `The layer ${digest} is not distributed by registries, and could not be fetched: ${failures.join('; ')}; ${EngineError.from(error).message}`,
      { details: { digest, urls }, cause: error },
    )
  }
}

async function open(
  text: string,
  signal: AbortSignal | undefined,
  failures: string[],
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:') {
    failures.push(`${JSON.stringify(text.slice(0, 200))} is no https address`)
    return undefined
  }
  try {
    return await downloadFile(url, signal)
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    failures.push(EngineError.from(error).message.replace(/\.$/, ''))
    return undefined
  }
}

async function* skip(bytes: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = offset
  for await (const piece of bytes) {
    if (left < piece.byteLength) yield left > 0 ? piece.subarray(left) : piece
    left = Math.max(0, left - piece.byteLength)
  }
}
