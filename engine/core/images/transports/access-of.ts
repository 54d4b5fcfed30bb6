import type { Access } from './access.ts'

/** The fields that operations have which speak to a registry. */
export interface RegistryFields {
  tlsVerify?: boolean | undefined
  retry?: number | undefined
  retryDelay?: string | undefined
  credentials?: string | undefined
  authfile?: string | undefined
  certDir?: string | undefined
  anonymous?: boolean | undefined
  registryToken?: string | undefined
}

/** The access to a registry, from an operation's input. */
export function accessOf(input: RegistryFields, signal?: AbortSignal): Access {
  const { tlsVerify, retry, retryDelay, credentials, authfile, certDir, anonymous, registryToken } = input
  return {
    ...(tlsVerify === undefined ? {} : { tlsVerify }),
    ...(retry === undefined ? {} : { retry }),
    ...(retryDelay ? { retryDelay } : {}),
    ...(credentials ? { credentials } : {}),
    ...(authfile ? { authfile } : {}),
    ...(certDir ? { certDir } : {}),
    ...(anonymous ? { anonymous } : {}),
    ...(registryToken ? { registryToken } : {}),
    ...(signal ? { signal } : {}),
  }
}
