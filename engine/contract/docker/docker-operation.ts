import type { Operation } from '../operation.ts'

/** Describes an operation of Docker's API, keeping its exact type: failures and lines are in Docker's form. */
export function dockerOperation<const O extends Operation>(description: O): O & { readonly dialect: 'docker' } {
  return { ...description, dialect: 'docker' }
}
