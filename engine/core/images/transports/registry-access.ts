import { findCredentials, openRepository, parseCredentials, type Repository, type Source } from '../../../registry/index.ts'
import type { Context } from '../../context.ts'
import { parseRetryDelay } from '../../registries/options.ts'
import type { Access } from './access.ts'

/** Opens a repository with the given or the stored login. @throws InvalidArgument, CredentialHelperFailed */
export async function openWith({ log }: Pick<Context, 'log'>, source: Source, access: Access, push = false): Promise<Repository> {
  const { signal, certDir, retry, retryDelay, registryToken, authfile } = access
  const credentials = access.credentials
    ? parseCredentials(access.credentials)
    : access.anonymous || registryToken
      ? undefined
      : await findCredentials(source.registry, source.repository, {
          ...(signal ? { signal } : {}),
          ...(authfile ? { authfile } : {}),
        })
  return openRepository(source, {
    push,
    onRetry: (line) => log.warn(line),
    ...(signal ? { signal } : {}),
    ...(credentials ? { credentials } : {}),
    ...(registryToken ? { token: registryToken } : {}),
    ...(certDir ? { certDir } : {}),
    ...(retry === undefined ? {} : { retry: Math.min(Math.max(retry, 0), 100) }),
    ...(retryDelay === undefined ? {} : { retryDelay: parseRetryDelay(retryDelay) }),
  })
}
