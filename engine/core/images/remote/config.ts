import { EngineError } from '../../../errors/index.ts'
import { digestOf, type ImageSource, limits, type Manifest } from '../../../image/index.ts'
import { gather } from '../../../lib/async/gather.ts'

/** The bytes of an image's configuration, verified. @throws TooLarge, DigestMismatch and what the source throws */
export async function readConfig(source: ImageSource, { config }: Pick<Manifest, 'config'>): Promise<Buffer> {
  if (config.size > limits.configBytes)
    throw new EngineError('TooLarge', `The configuration of ${source.name} is larger than ${limits.configBytes} bytes.`)
  const { bytes, size } = await gather(source.blob(config), config.size)
  const actual = digestOf(bytes)
  if (size === config.size && actual === config.digest) return bytes
  throw new EngineError(
    'DigestMismatch',
    `The configuration of ${source.name} is not what its manifest says: ${actual} instead of ${config.digest}.`,
    {
      details: { expected: config.digest, actual },
    },
  )
}
