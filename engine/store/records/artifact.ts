import * as v from 'valibot'

import { Texts } from './common.ts'
import { recordFormat } from './format.ts'

/** An artifact in the store. Its manifest, config and files are blobs. */
export interface ArtifactRecord {
  /** As given, with a tag or digest: `quay.io/a/b:c`. */
  name: string
  /** Of its manifest. */
  digest: string
  /** When it came into the store, RFC 3339. */
  added: string
  /** All blobs it needs, the manifest among them. */
  blobs: string[]
}

export const artifactFormat = recordFormat<Pick<ArtifactRecord, 'blobs'>>({
  noun: 'artifact',
  table: 'artifacts',
  key: 'name',
  labels: 'name',
  columns: ['blobs'],
  schema: v.object({ blobs: Texts }),
  steps: [],
})
