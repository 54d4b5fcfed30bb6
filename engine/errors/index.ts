export { type ErrorCode, errorCodes, errorStatus, isErrorCode } from './codes.ts'
export { printable } from './printable.ts'
export { EngineError, type ErrorDetails, fromWire, toWire, type WireError } from './engine-error.ts'
