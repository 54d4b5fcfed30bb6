import * as v from 'valibot'

import { Filters, listOrNull, Off } from '../fields.ts'
import { operation } from '../operation.ts'
import { PruneReport } from './shapes.ts'

/** What keeps the store in order. */
export const systemMaintenance = {
  'system.prune': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/system/prune',
    summary: 'Remove stopped containers, pods, networks and images that nothing uses',
    task: {},
    input: v.object({ all: Off, volumes: Off, external: Off, build: Off, filters: v.optional(Filters, {}) }),
    output: () =>
      v.looseObject({
        PodPruneReport: listOrNull(v.looseObject({ Id: v.string(), Err: v.optional(v.nullable(v.string())) })),
        ContainerPruneReports: listOrNull(PruneReport),
        ImagePruneReports: listOrNull(PruneReport),
        NetworkPruneReports: listOrNull(v.looseObject({ Name: v.string(), Error: v.optional(v.nullable(v.string())) })),
        VolumePruneReports: listOrNull(PruneReport),
        ReclaimedSpace: v.number(),
      }),
    errors: ['InvalidArgument'],
    statuses: { others: 500 },
  }),
  'system.check': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/system/check',
    summary: 'Check the store, and repair it with `repair`',
    audit: { changes: ['repair', 'repair_lossy'] },
    task: {},
    input: v.object({
      /** Does not read blobs and layers, only whether they are there. */
      quick: Off,
      /** Repairs what can be repaired, and removes images that cannot. */
      repair: Off,
      /** Removes damaged containers too. */
      repair_lossy: Off,
      /** The minimum age of unused objects to be removed: a duration. */
      unreferenced_layer_max_age: v.optional(v.string(), '24h'),
    }),
    output: () =>
      v.looseObject({
        Errors: v.boolean(),
        Layers: v.record(v.string(), v.array(v.string())),
        ROLayers: v.record(v.string(), v.array(v.string())),
        RemovedLayers: v.array(v.string()),
        Images: v.record(v.string(), v.array(v.string())),
        ROImages: v.record(v.string(), v.array(v.string())),
        RemovedImages: v.record(v.string(), v.array(v.string())),
        Containers: v.record(v.string(), v.array(v.string())),
        RemovedContainers: v.record(v.string(), v.string()),
        /** Ours: blobs, volumes, and what was repaired without loss, as sentences. */
        Blobs: v.optional(v.record(v.string(), v.array(v.string()))),
        Volumes: v.optional(v.record(v.string(), v.array(v.string()))),
        Networks: v.optional(v.record(v.string(), v.array(v.string()))),
        Repaired: v.optional(v.array(v.string())),
        /** Ours: records of the database that are damaged, by what they are of: `container web (0123456789ab)`. */
        Records: v.optional(v.record(v.string(), v.array(v.string()))),
      }),
    foreign: {
      empty: {
        Layers: 'null',
        ROLayers: 'null',
        RemovedLayers: 'null',
        Images: 'null',
        ROImages: 'null',
        RemovedImages: 'null',
        Containers: 'null',
        RemovedContainers: 'null',
      },
    },
    errors: ['StoreCorrupt'],
  }),
}
