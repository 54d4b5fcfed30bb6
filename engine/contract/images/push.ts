import * as v from 'valibot'

import { Name, Off } from '../fields.ts'
import { operation } from '../operation.ts'
import {
  compressionChoice,
  knownTransfer,
  registriesOnly,
  registryAccess,
  registryErrors,
  registryLogins,
  TransferProgress,
} from '../registry-access.ts'
import { manifestFormat, signingChoice } from './options.ts'

/** Images of the store to other places. */
export const pushOperations = {
  'image.push': operation({
    kind: 'stream',
    method: 'POST',
    path: '/libpod/images/{name:.*}/push',
    summary: 'Push an image to a registry, or to another place',
    audit: { object: ['name', 'destination'] },
    task: { object: ['destination', 'name'] },
    input: v.object({
      name: Name,
      /** The image's own name, where not given; with a transport (`oci-archive:/tmp/x.tar`) anywhere. */
      destination: v.optional(v.string()),
      format: manifestFormat,
      ...compressionChoice,
      ...signingChoice,
      /** For a manifest list: its images too. */
      all: Off,
      /** Compresses layers that are written to a folder (`dir:`). */
      compress: Off,
      quiet: Off,
      ...registryAccess,
    }),
    ...registryLogins,
    imageNames: ['name'],
    output: () => TransferProgress,
    foreign: {
      defaults: { quiet: 'true' },
      refused: [registriesOnly('destination')],
      progress: { ...knownTransfer, quiet: 'nothing', firstByte: 'begin' },
    },
    errors: ['ImageNotFound', ...registryErrors, 'NotSupported', 'StoreCorrupt', 'DiskFull'],
    statuses: { others: 400 },
  }),
  'image.scp': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/images/scp/{name:.*}',
    summary: 'Copy an image to or from another host or another user',
    audit: { object: ['name', 'destination'] },
    input: v.object({ name: Name, destination: v.optional(v.string()), quiet: Off }),
    imageNames: ['name'],
    output: () => v.object({ Id: v.string() }),
    foreign: {
      refused: [
        {
          fields: ['name', 'destination'],
          values: /^[^/]*@localhost::/,
          message: 'cannot use the user transfer function on the remote client',
        },
      ],
    },
    errors: ['ImageNotFound', 'AccessDenied', 'NotSupported', 'ProgramFailed'],
  }),
}
