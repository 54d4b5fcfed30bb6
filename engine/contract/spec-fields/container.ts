import { imageFields } from './image.ts'
import { lifecycleFields } from './lifecycle.ts'
import { ownNamespaceFields } from './namespaces.ts'
import { networkFields } from './network.ts'
import { processFields } from './process.ts'
import { securityFields } from './security.ts'
import { limits } from './shared.ts'
import type { SpecFields } from './state.ts'
import { storageFields } from './storage.ts'

/** Every field of a request for a container (libpod's SpecGenerator). Those of a single mount are in `mountFields`. */
export const containerFields: SpecFields = {
  ...processFields,
  ...lifecycleFields,
  ...imageFields,
  ...securityFields,
  ...storageFields,
  ...networkFields,
  ...ownNamespaceFields,
  ...limits,
}
