import * as v from 'valibot'

import { Name, Off, Texts } from '../fields.ts'
import { operation } from '../operation.ts'
import { registriesOnly, registryAccess, registryErrors, registryLogins } from '../registry-access.ts'

const Made = () => v.object({ Id: v.string() })
const optional = <const S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** Manifest lists as libpod had them before its version 4: podman serves them below such a version to this day. */
export const earlierManifestOperations = {
  'libpod3.manifest.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/v3/libpod/manifests/create',
    summary: 'Make a manifest list',
    input: v.object({ name: Name, image: v.optional(Texts, []), all: Off, ...registryAccess }),
    ...registryLogins,
    imageNames: ['name', 'image'],
    output: Made,
    errors: ['ImageExists', 'ImageReferenceInvalid', 'ImageNotFound', ...registryErrors],
    statuses: { codes: { ImageReferenceInvalid: 400, InvalidArgument: 400 }, others: 500 },
  }),
  'libpod3.manifest.add': operation({
    kind: 'call',
    method: 'POST',
    path: '/v3/libpod/manifests/{name:.*}/add',
    summary: 'Add images to a manifest list',
    input: v.object({ name: Name, ...registryAccess }),
    ...registryLogins,
    body: v.looseObject({
      images: optional(v.array(v.string())),
      all: optional(v.boolean()),
      annotation: optional(v.array(v.string())),
      arch: optional(v.string()),
      features: optional(v.array(v.string())),
      os: optional(v.string()),
      os_version: optional(v.string()),
      variant: optional(v.string()),
    }),
    imageNames: ['name'],
    output: Made,
    errors: ['ImageNotFound', ...registryErrors, 'ManifestInvalid', 'InvalidArgument'],
    statuses: { fields: { body: 500 }, named: 404, others: 500 },
  }),
  'libpod3.manifest.removeImage': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/v3/libpod/manifests/{name:.*}',
    summary: 'Take an image out of a manifest list',
    input: v.object({ name: Name, digest: v.optional(v.string(), '') }),
    imageNames: ['name'],
    output: Made,
    errors: ['ImageNotFound', 'ManifestInvalid', 'InvalidArgument'],
    statuses: { named: 404, others: 400 },
  }),
  'libpod3.manifest.push': operation({
    kind: 'call',
    method: 'POST',
    path: '/v3/libpod/manifests/{name:.*}/push',
    summary: 'Push a manifest list and, with all, its images',
    input: v.object({ name: Name, destination: Name, all: Off, ...registryAccess }),
    ...registryLogins,
    imageNames: ['name'],
    output: Made,
    foreign: { refused: [registriesOnly('destination')] },
    errors: ['ImageNotFound', ...registryErrors],
    statuses: { others: 400 },
  }),
}
