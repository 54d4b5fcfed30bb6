export * from './artifacts.ts'
export { AuditRecord, auditOperations, auditRule } from './audit.ts'
export { PathInfo, pathHeader } from './containers/archive.ts'
export { Health } from './containers/health.ts'
export * from './containers/inspect.ts'
export { ContainerProcess } from './containers/processes.ts'
export * from './containers/shapes.ts'
export { ContainerState, containerStates, healthStates, waitConditions } from './containers/states.ts'
export * from './engine.ts'
export { fieldAt, textsAt } from './field-at.ts'
export { SaveFormat } from './images/archives.ts'
export { PullProgress } from './images/pull.ts'
export { RemoteInspect } from './images/remote.ts'
export * from './images/shapes.ts'
export * from './manifests.ts'
export { type MountKind, mountFields, mountKinds, type MountOption, mountOptions, type OptionState } from './mount-options.ts'
export { withoutNulls } from './nulls.ts'
export { Network, NetworkMember, NetworkRequest } from './networks.ts'
export {
  type AnswerHeader,
  type AuditRule,
  type FailureStatuses,
  type FirstByte,
  type HeaderField,
  type KnownProgress,
  type Operation,
  operation,
  type OutputChunk,
  type Pipe,
  plainText,
  type Schema,
  type StreamFormat,
} from './operation.ts'
export { operationNames, operations } from './operations.ts'
export { parseFields, parseInput } from './parse.ts'
export * from './pods.ts'
export { type RefusedRoutes, refusedRoutes } from './refused-routes.ts'
export * from './registries.ts'
export { BlobProgress, TransferProgress } from './registry-access.ts'
export { apiVersion, clientHeader, connectEngine, requestIdHeader } from './remote.ts'
export * from './secrets.ts'
export * from './spec.ts'
export { containerFields as containerSpecFields } from './spec-fields/index.ts'
export * from './system/shapes.ts'
export { Task, taskStates } from './tasks.ts'
export type { Transport, TransportReply, TransportRequest, TransportUpgrade } from './transport.ts'
export { LiveUsage, type UsageField, usageFields } from './usage.ts'
export * from './volumes.ts'
export {
  decodeCredentials,
  decodeLogins,
  decodeSecret,
  encodeCredentials,
  encodeSecret,
  type SentLogin,
} from './wire/credentials.ts'
export { decodeFrames, encodeFrame } from './wire/frames.ts'
export { maxLine, readText, splitLines } from './wire/lines.ts'
export { encodeRequest } from './wire/request.ts'
