export * from './container-shapes.ts'
export { containerOperations, execOperations } from './containers.ts'
export * from './engine.ts'
export * from './image-transfer.ts'
export * from './images.ts'
export * from './manifests.ts'
export {
  type FailureStatuses,
  type Operation,
  operation,
  type OutputChunk,
  type Pipe,
  type Schema,
  type StreamFormat,
} from './operation.ts'
export { operationNames, operations } from './operations.ts'
export { parseInput } from './parse.ts'
export * from './pods.ts'
export * from './registries.ts'
export { BlobProgress, TransferProgress } from './registry-access.ts'
export { apiVersion, clientHeader, connectEngine, requestIdHeader } from './remote.ts'
export * from './spec.ts'
export * from './system.ts'
export { trustOperations } from './trust.ts'
export type { Transport, TransportReply, TransportRequest, TransportUpgrade } from './transport.ts'
export { decodeCredentials, decodeLogins, encodeCredentials, type SentLogin } from './wire/credentials.ts'
export { decodeFrames, encodeFrame } from './wire/frames.ts'
export { maxLine, readText, splitLines } from './wire/lines.ts'
export { encodeRequest } from './wire/request.ts'
