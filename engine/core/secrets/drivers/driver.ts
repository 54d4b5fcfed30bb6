/** Keeps the values of secrets, by their ids. */
export interface SecretDriver {
  /** @throws EngineError `SecretDriverFailed`, `DiskFull`. */
  store(id: string, value: Buffer, signal?: AbortSignal): Promise<void>
  /** @throws EngineError `SecretDriverFailed`. */
  lookUp(id: string, signal?: AbortSignal): Promise<Buffer>
  /** Idempotent. @throws EngineError `SecretDriverFailed`. */
  delete(id: string, signal?: AbortSignal): Promise<void>
}
