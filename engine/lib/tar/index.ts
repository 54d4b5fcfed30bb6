export { createTarParser, type TarParser, type TarSink } from './parser.ts'
export { readTar, type TarEntry } from './reader.ts'
export { blockSize, maxExtendedBytes, maxNameBytes, maxPathBytes, type TarEntryType, type TarHeader } from './types.ts'
export { tarEnd, tarHeader, type TarInput, writeTar } from './writer.ts'
