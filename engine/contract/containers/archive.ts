import * as v from 'valibot'

import { Anything, Name, Nothing, Off, On, TextMap, Time } from '../fields.ts'
import { operation, plainText } from '../operation.ts'
import { FileChanges } from '../images/shapes.ts'
import { ContainerRef, path, withRef } from './container-ref.ts'

/** What a path of a container leads to; `size` and `mode` of a link are the link's own. In the header {@link pathHeader} of the answer. */
export const PathInfo = v.object({
  name: v.string(),
  /** Bytes. */
  size: v.number(),
  /** Permissions and type as Go's os.FileMode has them. */
  mode: v.number(),
  mtime: Time,
  /** Whether it is a folder, or a link to one. */
  isDir: v.boolean(),
  /** Where the path leads, as an absolute path of the container without links. */
  linkTarget: v.string(),
})
export type PathInfo = v.InferOutput<typeof PathInfo>

/** Docker's name for it. */
export const pathHeader = 'X-Docker-Container-Path-Stat'

/** Names in JSON, old to new, as query strings carry them. */
export const Renames = v.pipe(
  v.union([TextMap, v.pipe(v.string(), v.maxLength(65_536), v.parseJson(), TextMap)]),
  v.check((names) => !Array.isArray(names), 'is not a JSON object'),
)

/** Files in a container, as its processes see them: with its volumes and mounts, and with links that lead to nowhere outside. */
export const archiveOperations = {
  'container.pathInfo': operation({
    kind: 'call',
    method: 'HEAD',
    path: path('archive'),
    summary: 'What is at a path in a container; a link is followed',
    input: withRef({ path: Name }),
    output: () => PathInfo,
    answerHeader: { name: pathHeader },
    errors: ['PathNotFound', 'ContainerNotFound', 'InvalidArgument'],
    statuses: { fields: { path: 400 } },
  }),
  'container.copyFrom': operation({
    kind: 'stream',
    format: 'bytes',
    mediaType: 'application/x-tar',
    method: 'GET',
    path: path('archive'),
    summary: 'A file or folder of a container as a tar archive',
    input: withRef({
      path: Name,
      /** Other names in the archive, by the first part of their own. */
      rename: v.optional(Renames),
      /** Freezes the container meanwhile, if it runs. */
      pause: Off,
    }),
    output: () => Anything,
    answerHeader: { name: pathHeader, operation: 'container.pathInfo', fields: ['name', 'path'] },
    firstByte: 'item',
    errors: ['PathNotFound', 'ContainerNotFound', 'AccessDenied', 'InvalidArgument'],
  }),
  'container.copyTo': operation({
    kind: 'call',
    method: 'PUT',
    path: path('archive'),
    summary: 'Unpack a tar archive, compressed or not, into a folder of a container',
    audit: { object: ['name', 'path'] },
    input: withRef({
      /** Made, where there is nothing. */
      path: v.optional(Name, '/'),
      /** Owners become the container's user. */
      copyUIDGID: On,
      /** A folder does not take the place of a file, nor a file that of a folder. */
      noOverwriteDirNonDir: Off,
      rename: v.optional(Renames),
      pause: Off,
    }),
    body: 'bytes',
    output: () => Nothing,
    status: 200,
    errors: ['PathNotFound', 'ContainerNotFound', 'ArchiveInvalid', 'AccessDenied', 'InvalidArgument', 'DiskFull'],
  }),
  'container.changes': operation({
    kind: 'call',
    method: 'GET',
    path: path('changes'),
    summary: 'What a container, or an image, changes against its image, or another container or image',
    input: withRef({ parent: v.optional(v.string()), diffType: v.optional(v.picklist(['all', 'container', 'image']), 'all') }),
    imageNames: ['name', 'parent'],
    output: () => FileChanges,
    errors: ['ContainerNotFound', 'ImageNotFound', 'InvalidArgument'],
    statuses: { others: 500 },
  }),
  'container.mount': operation({
    kind: 'call',
    method: 'POST',
    path: path('mount'),
    summary: "Mount a container's file system on the host; the answer is where",
    input: ContainerRef,
    output: () => v.string(),
    mediaType: plainText,
    errors: ['ContainerNotFound', 'StoreUnavailable', 'LayerNotFound'],
  }),
  'container.unmount': operation({
    kind: 'call',
    method: 'POST',
    path: path('unmount'),
    summary: "Unmount a container's file system, once it was unmounted as often as it was mounted",
    input: withRef({ force: Off }),
    output: () => Nothing,
    errors: ['ContainerNotFound', 'ContainerNotMounted'],
    statuses: { codes: { ContainerNotMounted: 500 } },
  }),
  'container.mounts': operation({
    kind: 'call',
    method: 'GET',
    path: '/libpod/containers/showmounted',
    summary: 'Where the file systems of containers are mounted, by id',
    input: v.object({}),
    output: () => TextMap,
    errors: [],
  }),
}
