import type { Secret } from '../../contract/index.ts'
import type { SecretRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Runs `work` while no other process creates or removes secrets. */
export function withSecretsLock<T>(context: Context, work: () => Promise<T>): Promise<T> {
  return context.lock('global', 'secrets', work)
}

export function secretEvent(context: Context, status: 'create' | 'remove', { id, name }: SecretRecord): void {
  context.emit({ type: 'secret', status, id, name })
}

/** What libpod's API says of a secret. */
export function secretAnswer({ id, name, created, updated, driver, options, labels }: SecretRecord): Secret {
  return {
    ID: id,
    CreatedAt: created,
    UpdatedAt: updated,
    Spec: { Name: name, Driver: { Name: driver, Options: options }, Labels: labels },
  }
}
