import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { writeFileAtomic } from '../../../lib/files/atomic-file.ts'
import { type ContainerConfig, type ContainerRecord, findSecret } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { secretValue } from '../../secrets/value.ts'
import { secretsFolder } from '../resolve/secrets.ts'
import type { OciMount, OciSpec } from '../spec/oci.ts'
import { ownerOutside } from '../user-namespaces/outside.ts'

/**
 * Copies the values that a container gets as files: they stay those of its creation, whatever becomes of the secrets. One that it has
 * already is left alone.
 *
 * @throws EngineError `SecretNotFound`, `SecretDriverFailed`.
 */
export async function copySecrets(
  context: Context,
  id: string,
  { secrets = [] }: Pick<ContainerConfig, 'secrets'>,
): Promise<void> {
  const { folder } = containerPaths(context, id)
  for (const secret of secrets) {
    const file = copyOf(folder, secret.id)
    if (existsSync(file)) continue
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    await writeFileAtomic(file, await secretValue(context, findSecret(context.database, secret.id)), { mode: 0o600 })
  }
}

const copyOf = (folder: string, secret: string): string => path.join(folder, 'secrets', secret)

/**
 * The files of secrets for one run: below the run root, which is memory, with the owners and modes that were asked for. What the
 * container writes to them is gone with the run.
 *
 * @param isTaken whether something else is mounted there.
 * @throws EngineError `StoreCorrupt` for a copy that is gone.
 */
export function secretMounts(
  context: Context,
  { id, config }: ContainerRecord,
  isTaken: (destination: string) => boolean,
): OciMount[] {
  const { folder, run } = containerPaths(context, id)
  const own = path.join(run, 'secrets')
  rmSync(own, { recursive: true, force: true })
  mkdirSync(path.join(own, 'folder'), { recursive: true, mode: 0o755 })
  const bind = (destination: string, source: string): OciMount => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', 'rprivate', 'nosuid', 'nodev'],
  })
  const files = (config.secrets ?? []).map(({ id: secret, name, target, uid, gid, mode }, index) => {
    const [from, to] = [copyOf(folder, secret), path.join(own, String(index))]
    if (!existsSync(from))
      throw new EngineError('StoreCorrupt', `The value of the secret ${name} is missing from container ${id}: create it again.`, {
        details: { container: id, name },
      })
    copyFileSync(from, to)
    setOwner(to, ownerOutside(config, { uid, gid }), mode)
    return bind(target, to)
  })
  const isBelow = files.some(({ destination }) => destination.startsWith(`${secretsFolder}/`))
  if (!isBelow || isTaken(secretsFolder)) return files
  setOwner(path.join(own, 'folder'), ownerOutside(config, { uid: 0, gid: 0 }), 0o755)
  return [bind(secretsFolder, path.join(own, 'folder')), ...files]
}

/** The mode last: a change of owner takes bits of it away. */
function setOwner(file: string, { uid, gid }: { uid: number; gid: number }, mode: number): void {
  chownSync(file, uid, gid)
  chmodSync(file, mode)
}

/**
 * Adds the secrets that are variables to a process, in the place of variables of the same name.
 *
 * @throws EngineError `SecretNotFound`, `SecretDriverFailed`, `InvalidArgument` for a value that no variable can have.
 */
export async function addSecretVariables(
  context: Context,
  { secret_env: variables }: Pick<ContainerSpec, 'secret_env'>,
  process: OciSpec['process'],
  signal?: AbortSignal,
): Promise<void> {
  for (const [variable, ref] of Object.entries(variables ?? {})) {
    const value = (await secretValue(context, findSecret(context.database, ref), signal)).toString('utf8')
    if (value.includes('\0'))
      throw new EngineError(
        'InvalidArgument',
        `The secret ${ref} holds a zero byte, which no variable can: mount it as a file.`,
        {
          details: { name: ref },
        },
      )
    process.env = [...process.env.filter((pair) => !pair.startsWith(`${variable}=`)), `${variable}=${value}`]
  }
}
