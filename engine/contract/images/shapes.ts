import * as v from 'valibot'

import { Anything, listOrNull, TextMap, Time } from '../fields.ts'

/** An image in a list, as libpod's `images/json` has it. Sizes are bytes, `Created` is seconds. */
export const ImageSummary = v.object({
  Id: v.string(),
  ParentId: v.string(),
  RepoTags: listOrNull(v.string()),
  RepoDigests: listOrNull(v.string()),
  Created: v.number(),
  Size: v.number(),
  SharedSize: v.number(),
  VirtualSize: v.number(),
  Labels: v.nullable(TextMap),
  Containers: v.number(),
  Arch: v.optional(v.string()),
  Os: v.optional(v.string()),
  Digest: v.optional(v.string()),
  History: v.optional(v.array(v.string())),
  IsManifestList: v.optional(v.boolean()),
  Names: v.optional(v.array(v.string())),
  Dangling: v.optional(v.boolean()),
  /** It is in an additional store, which is never written. */
  ReadOnly: v.optional(v.boolean()),
})

/** An image's defaults for its containers (OCI image config, `config` property). */
export const ImageConfig = v.object({
  User: v.optional(v.string()),
  ExposedPorts: v.optional(v.record(v.string(), Anything)),
  Env: v.optional(v.array(v.string())),
  Entrypoint: v.optional(v.array(v.string())),
  Cmd: v.optional(v.array(v.string())),
  Volumes: v.optional(v.record(v.string(), Anything)),
  WorkingDir: v.optional(v.string()),
  Labels: v.optional(TextMap),
  StopSignal: v.optional(v.string()),
  /** Docker's own: steps of a build on top of it, and the shell of a build's commands. */
  OnBuild: v.optional(v.array(v.string())),
  Shell: v.optional(v.array(v.string())),
})

/** How to find out whether a container works (Docker's image config). Times are nanoseconds. */
export const ImageHealthcheck = v.object({
  Test: v.optional(v.array(v.string())),
  StartPeriod: v.optional(v.number()),
  StartInterval: v.optional(v.number()),
  Interval: v.optional(v.number()),
  Timeout: v.optional(v.number()),
  Retries: v.optional(v.number()),
})

/** One image in full, as libpod's `images/{name}/json` has it. */
export const ImageInspect = v.object({
  Id: v.string(),
  Digest: v.string(),
  RepoTags: v.array(v.string()),
  RepoDigests: v.array(v.string()),
  Parent: v.string(),
  Comment: v.string(),
  Created: Time,
  Config: ImageConfig,
  Version: v.string(),
  Author: v.string(),
  Architecture: v.string(),
  Os: v.string(),
  Size: v.number(),
  VirtualSize: v.number(),
  GraphDriver: v.object({ Name: v.string(), Data: v.nullable(TextMap) }),
  RootFS: v.object({ Type: v.string(), Layers: v.array(v.string()) }),
  Labels: v.nullable(TextMap),
  Annotations: TextMap,
  ManifestType: v.string(),
  User: v.string(),
  History: v.array(
    v.object({
      created: v.optional(v.string()),
      created_by: v.optional(v.string()),
      author: v.optional(v.string()),
      comment: v.optional(v.string()),
      empty_layer: v.optional(v.boolean()),
    }),
  ),
  NamesHistory: listOrNull(v.string()),
  Healthcheck: v.optional(ImageHealthcheck),
})

/** What `image.removeMany` and `image.remove` report. */
export const RemoveReport = v.object({
  Untagged: v.array(v.string()),
  Deleted: v.array(v.string()),
  Errors: v.array(v.string()),
  ExitCode: v.number(),
})

/** Files that differ. `Kind`: 0 changed, 1 added, 2 deleted. */
export const FileChanges = v.nullable(v.array(v.object({ Path: v.string(), Kind: v.number() })))
