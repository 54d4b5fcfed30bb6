import * as v from 'valibot'

import { Anything, Filters, Integer, listOrNull, Name, Nothing, Off, TextMap, Time } from './fields.ts'
import { operation } from './operation.ts'
import { PruneReport } from './system/shapes.ts'

/** A volume in full. */
export const Volume = v.looseObject({
  Name: v.string(),
  Driver: v.string(),
  /** Where its files are on the host. */
  Mountpoint: v.string(),
  CreatedAt: Time,
  Labels: TextMap,
  Scope: v.string(),
  Options: TextMap,
  UID: v.optional(v.number()),
  GID: v.optional(v.number()),
  Anonymous: v.optional(v.boolean()),
  /** How often it is mounted, of those that are mounted at their first use. */
  MountCount: v.number(),
  /** It is filled from the image of the first container that mounts it. */
  NeedsCopyUp: v.optional(v.boolean()),
  /** It becomes the first container's user's. */
  NeedsChown: v.optional(v.boolean()),
  LockNumber: v.optional(v.number()),
})
export type Volume = v.InferOutput<typeof Volume>

/** What a volume is created from; unset fields have libpod's defaults. */
const VolumeCreate = v.looseObject({
  /** An anonymous one gets a name of 64 digits. */
  Name: v.optional(v.nullable(v.string())),
  Driver: v.optional(v.nullable(v.string())),
  Label: v.optional(v.nullable(TextMap)),
  Labels: v.optional(v.nullable(TextMap)),
  Options: v.optional(v.nullable(TextMap)),
  IgnoreIfExists: v.optional(v.nullable(v.boolean())),
  UID: v.optional(v.nullable(v.number())),
  GID: v.optional(v.nullable(v.number())),
})

/** How much a volume holds, and who uses it. */
export const VolumeUsage = v.object({
  Name: v.string(),
  /** Bytes. */
  Size: v.number(),
  Containers: v.array(v.object({ Id: v.string(), Name: v.string(), State: v.string() })),
})
export type VolumeUsage = v.InferOutput<typeof VolumeUsage>

/** A file of a volume. */
export const VolumeFile = v.object({
  name: v.string(),
  type: v.picklist(['file', 'folder', 'link', 'other']),
  /** Bytes. */
  size: v.number(),
  /** Permissions alone. */
  mode: v.number(),
  mtime: Time,
  uid: v.number(),
  gid: v.number(),
  /** What a link says. */
  target: v.optional(v.string()),
})
export type VolumeFile = v.InferOutput<typeof VolumeFile>

const VolumeRef = v.object({ name: Name })
const path = (verb: string) => `/libpod/volumes/{name}/${verb}`
const inVolume = v.object({ name: Name, path: v.optional(v.pipe(v.string(), v.maxLength(4096)), '/') })

export const volumeOperations = {
  'volume.create': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/volumes/create',
    summary: 'Create a volume',
    audit: { object: ['body.Name'], made: 'Name' },
    input: v.object({}),
    body: VolumeCreate,
    output: () => Volume,
    status: 201,
    errors: ['VolumeExists', 'NameInvalid', 'InvalidArgument', 'NotSupported', 'ImageNotFound', 'DiskFull'],
    statuses: { fields: { '*': 500 }, codes: { VolumeExists: 500, NameInvalid: 500, InvalidArgument: 500, NotSupported: 500 } },
  }),
  'volume.list': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/volumes/json',
    summary: 'List volumes',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(Volume),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'volume.prune': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/volumes/prune',
    summary: 'Remove volumes that no container mounts',
    input: v.object({ filters: v.optional(Filters, {}) }),
    output: () => v.array(PruneReport),
    errors: ['InvalidArgument'],
    statuses: { fields: { '*': 500 }, codes: { InvalidArgument: 500 } },
  }),
  'volume.usage': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/volumes/usage',
    summary: 'How much volumes hold, and which containers mount them',
    input: v.object({ name: v.optional(Name) }),
    output: () => v.array(VolumeUsage),
    errors: ['VolumeNotFound'],
    extension: true,
  }),
  'volume.reload': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/volumes/reload',
    summary: 'Record volumes whose files are in the store, and forget those whose files are gone',
    input: v.object({}),
    output: () => v.object({ Added: v.array(v.string()), Removed: v.array(v.string()) }),
    errors: [],
    status: 200,
    extension: true,
  }),
  'volume.inspect': operation({
    kind: 'call',
    method: 'GET',
    path: path('json'),
    summary: 'Show a volume in full',
    input: VolumeRef,
    output: () => Volume,
    errors: ['VolumeNotFound', 'NameAmbiguous'],
  }),
  'volume.exists': operation({
    kind: 'call',
    method: 'GET',
    path: path('exists'),
    summary: 'Check whether a volume exists',
    input: VolumeRef,
    output: () => Nothing,
    errors: ['VolumeNotFound'],
  }),
  'volume.export': operation({
    kind: 'stream',
    format: 'bytes',
    mediaType: 'application/x-tar',
    method: 'GET',
    path: path('export'),
    summary: 'The files of a volume as a tar archive',
    input: inVolume,
    output: () => Anything,
    firstByte: 'item',
    errors: ['VolumeNotFound', 'PathNotFound', 'ProgramFailed'],
  }),
  'volume.import': operation({
    kind: 'call',
    method: 'POST',
    path: path('import'),
    summary: 'Unpack a tar archive, compressed or not, into a volume',
    audit: { object: ['name'] },
    input: VolumeRef,
    body: 'bytes',
    output: () => Nothing,
    errors: ['VolumeNotFound', 'ArchiveInvalid', 'AccessDenied', 'DiskFull'],
  }),
  'volume.files': operation({
    kind: 'call',
    method: 'GET',
    path: path('files'),
    summary: 'What is in a folder of a volume',
    input: inVolume,
    output: () =>
      v.object({
        Files: listOrNull(VolumeFile),
        /** There are more than were listed. */
        More: v.boolean(),
      }),
    errors: ['VolumeNotFound', 'PathNotFound'],
    extension: true,
  }),
  'volume.mount': operation({
    kind: 'call',
    method: 'POST',
    path: path('mount'),
    summary: 'Mount a volume on the host; the answer is where',
    input: VolumeRef,
    output: () => v.string(),
    mediaType: 'text/plain; charset=us-ascii',
    errors: ['VolumeNotFound', 'ProgramFailed'],
    extension: true,
  }),
  'volume.unmount': operation({
    kind: 'call',
    method: 'POST',
    path: path('unmount'),
    summary: 'Unmount a volume, once it was unmounted as often as it was mounted',
    input: VolumeRef,
    output: () => Nothing,
    errors: ['VolumeNotFound'],
    extension: true,
  }),
  'volume.remove': operation({
    kind: 'call',
    method: 'DELETE',
    path: '/libpod/volumes/{name}',
    summary: 'Remove a volume',
    input: v.object({
      name: Name,
      /** Containers that mount it are removed as well. */
      force: Off,
      /** Seconds until they are killed. */
      timeout: v.optional(Integer),
    }),
    output: () => Nothing,
    errors: ['VolumeNotFound', 'VolumeInUse', 'NameAmbiguous'],
    statuses: { fields: { '*': 500 } },
  }),
}
