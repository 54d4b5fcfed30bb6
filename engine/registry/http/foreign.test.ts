import { expect, test } from 'vitest'

import { digestOf } from '../../image/index.ts'
import { foreignBlob } from './foreign.ts'

const bytes = Buffer.from('a layer')
const layer = (urls: string[]) => ({
  mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
  digest: digestOf(bytes),
  size: 7,
  urls,
})

async function read(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts).toString()
}

async function* from(offset: number) {
  yield bytes.subarray(offset)
}

test('an address that is not https is not asked; the registry may have the layer', async () => {
  let asked = 0
  const server = (await import('node:http')).createServer((_, response) => {
    asked++
    response.end(bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as { port: number }
    expect(
      await read(foreignBlob(layer([`http://127.0.0.1:${port}/layer`, 'file:///etc/passwd', 'odd']), 2, () => from(2))),
    ).toBe('layer')
    expect(asked).toBe(0)
  } finally {
    server.close()
  }
})

test('a layer that is nowhere is refused with the places that were tried', async () => {
  const nowhere = (): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('not here')) }),
  })
  await expect(read(foreignBlob(layer(['https://127.0.0.1:1/layer', 'http://a/b']), 0, nowhere))).rejects.toMatchObject({
    code: 'RegistryProtocol',
    message: expect.stringMatching(/is not distributed.*127\.0\.0\.1:1.*"http:\/\/a\/b" is no https address/),
  })
})
