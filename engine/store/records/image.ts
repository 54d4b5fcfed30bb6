import * as v from 'valibot'

import { TextMap, Texts } from './common.ts'
import { recordFormat } from './format.ts'

/** A blob an image consists of. */
export const StoredDescriptor = v.object({
  mediaType: v.string(),
  digest: v.string(),
  /** Bytes. */
  size: v.number(),
})
export type StoredDescriptor = v.InferOutput<typeof StoredDescriptor>

/** What is kept of a manifest list beside its document. */
export const ListFacts = v.object({
  /** Where the image of each entry is, by its manifest's digest: `containers-storage:ID`, `docker://NAME`, `oci:PATH` … */
  instances: TextMap,
  /** The files an entry was made from, by its manifest's digest; for people. */
  files: v.record(v.string(), Texts),
  /** Blobs that go when the list goes: manifests of its images, and all of artifacts made from files. */
  blobs: Texts,
})
export type ListFacts = v.InferOutput<typeof ListFacts>

/** What is kept of an image beside its blobs, so that lists need no file. */
export const ImageFacts = v.object({
  os: v.string(),
  architecture: v.string(),
  variant: v.string(),
  labels: v.nullable(TextMap),
  /** The manifest's bytes are the blob of this digest. */
  manifest: StoredDescriptor,
  config: StoredDescriptor,
  /** Compressed, lowest first. */
  layers: v.array(StoredDescriptor),
  /** Uncompressed, lowest first. */
  diffIds: Texts,
  /** Chain ids, lowest first; the last one is what containers are mounted on. */
  chain: Texts,
  /** The folder of the additional, read-only store that it is in; nothing for the store's own. */
  store: v.optional(v.string()),
  /** Every manifest and index digest the image was pulled by. */
  digests: Texts,
  /** It is no image but a manifest list (store/manifest-lists.ts): `manifest` is its document, and there are no layers. */
  list: v.optional(ListFacts),
})
export type ImageFacts = v.InferOutput<typeof ImageFacts>

export interface ImageRecord {
  /** 64 hexadecimal digits: the config's digest. */
  id: string
  /** When it came into the store, RFC 3339. */
  added: string
  /** When it was made, in seconds since 1970 (negative or 0 when it does not say). */
  created: number
  /** Bytes of its uncompressed layers, its manifest and its config. */
  size: number
  facts: ImageFacts
}

export const imageFormat = recordFormat<Pick<ImageRecord, 'facts'>>({
  noun: 'image',
  table: 'images',
  key: 'id',
  labels: 'id',
  columns: ['facts'],
  schema: v.object({ facts: ImageFacts }),
  steps: [],
})
