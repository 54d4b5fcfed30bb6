import { openPassStore, passDelete, passLookUp, passStore } from '../../../adapters/pass.ts'
import { maxSecretSize } from '../../../spec/secret.ts'
import type { SecretDriver } from './driver.ts'

/** The user's store of pass(1). @throws EngineError `InvalidArgument` where there is none. */
export function passDriver(options: Readonly<Record<string, string>>, home: string): SecretDriver {
  const store = openPassStore(options, home)
  return {
    store: (id, value, signal) => passStore(store, id, value, signal),
    lookUp: (id, signal) => passLookUp(store, id, maxSecretSize, signal),
    delete: async (id) => passDelete(store, id),
  }
}
