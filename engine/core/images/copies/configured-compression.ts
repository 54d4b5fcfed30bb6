import type { Parsed } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { parseTransport } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { CopyInput } from './index.ts'
import type { ChosenCompression } from './recompress.ts'

type Choice = Pick<Parsed<'image.push'>, 'compressionFormat' | 'compressionLevel' | 'format'>

/** Places that hold plain layers, or an image as it is. */
const fixed: readonly string[] = ['docker-archive', 'docker-daemon', 'containers-storage']

/**
 * How layers that are pushed are compressed: as the caller says, or else as containers.conf(5) does with compression_format and
 * compression_level, which count for no place or format that could not hold it. Without either they stay as they are.
 * @throws InvalidArgument for a setting that is no compression
 */
export async function compressionFor(
  context: Context,
  { compressionFormat, compressionLevel, format }: Choice,
  target: string,
): Promise<Pick<CopyInput, 'compressionFormat' | 'compressionLevel'>> {
  const { engine } = await context.conf()
  const usual = engine.compressionFormat ? known(engine.compressionFormat, 'compression_format') : undefined
  const level = compressionLevel ?? engine.compressionLevel
  // A level means something else in another compression.
  if (compressionFormat) return { compressionFormat, compressionLevel: compressionFormat === usual ? level : compressionLevel }
  const applies = usual && (!format || format === 'oci') && !fixed.includes(parseTransport(target).transport)
  return applies ? { compressionFormat: usual, compressionLevel: level } : { compressionLevel }
}

/**
 * The compressions that each platform of a list gets an image in: as the caller says, or else as containers.conf(5) does with
 * add_compression.
 * @throws InvalidArgument for what is no compression
 */
export async function addedCompressions(context: Context, given: readonly string[] | undefined): Promise<ChosenCompression[]> {
  if (given) return given.filter((each) => each !== '').map((each) => known(each))
  const { engine } = await context.conf()
  return (engine.addCompression ?? []).map((each) => known(each, 'add_compression'))
}

function known(name: string, setting?: string): ChosenCompression {
  if (name === 'gzip' || name === 'zstd' || name === 'zstd:chunked') return name
  const where = setting === undefined ? '' : ` that containers.conf names in ${setting}`
  throw new EngineError(
    'InvalidArgument',
    `There is no compressor for ${JSON.stringify(name.slice(0, 100))}${where}: choose gzip, zstd or zstd:chunked.`,
  )
}
