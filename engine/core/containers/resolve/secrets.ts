import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { type ContainerConfig, findSecret } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { defaultSecretMode } from '../../../spec/secret.ts'

/** Where the files of secrets are, unless their target is absolute. */
export const secretsFolder = '/run/secrets'

/**
 * The files that a container gets of secrets. Those that become variables are looked up too, so that a name that is wrong is told at
 * once; their values are read at each start.
 *
 * @throws EngineError `SecretNotFound`, `InvalidArgument`.
 */
export function resolveSecrets({ database }: Pick<Context, 'database'>, spec: ContainerSpec): ContainerConfig['secrets'] {
  for (const [variable, ref] of Object.entries(spec.secret_env ?? {})) {
    if (variable === '' || /[=\0]/.test(variable))
      throw new EngineError('InvalidArgument', `The secret ${ref} cannot become the variable ${JSON.stringify(variable)}.`, {
        details: { field: 'secret_env' },
      })
    findSecret(database, ref)
  }
  return (spec.secrets ?? []).map(({ Source, Target, UID, GID, Mode }) => {
    const { id, name } = findSecret(database, Source)
    const target = path.posix.resolve(secretsFolder, Target || name)
    if (target.includes('\0') || target === '/' || target === secretsFolder)
      throw new EngineError('InvalidArgument', `The target ${JSON.stringify(Target)} of the secret ${name} is not a file.`, {
        details: { field: 'secrets.Target' },
      })
    return { id, name, target, uid: UID ?? 0, gid: GID ?? 0, mode: Mode || defaultSecretMode }
  })
}
