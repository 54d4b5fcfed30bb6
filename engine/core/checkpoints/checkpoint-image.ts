import os from 'node:os'

import { requireCriu } from '../../adapters/criu.ts'
import { digestOf, goMarshal, hostPlatform, type ImageSource, mediaTypes } from '../../image/index.ts'
import { once } from '../../lib/async/once.ts'
import { writeTar } from '../../lib/tar/index.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import { type ContainerRecord, timestamp } from '../../store/index.ts'
import { apiVersion } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { type ImportedLayer, plainLayer } from '../images/archive/imported-layer.ts'
import { fetchImage } from '../images/pulls/fetch.ts'
import { reportProgress } from '../images/pulls/pull-progress.ts'
import { localName } from '../images/resolve/names.ts'
import { architecture, distribution } from '../system/machine.ts'
import { programFacts } from '../system/programs.ts'

/** What the annotations of a checkpoint image begin with, as podman writes them. */
export const annotationPrefix = 'io.podman.annotations.checkpoint.'

/**
 * Makes an image of one layer with what a checkpoint archive holds, which {@link gather} put into `folder`. Its annotations tell what
 * the container was and where the checkpoint was made. On failure nothing of the image is left.
 *
 * @returns the image's id.
 */
export async function checkpointImage(
  context: Context,
  record: ContainerRecord,
  name: string,
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const annotations = await describeCheckpoint(context, record, signal)
  const layer = await plainLayer(context, writeTar(treeMembers(folder)), signal)
  try {
    const { id } = await fetchImage({
      context,
      source: imageSource(layer, annotations),
      names: [localName(name)],
      wanted: hostPlatform(),
      platformNamed: false,
      progress: reportProgress(() => {}, true),
      signal,
      event: 'commit',
    })
    return id
  } finally {
    layer.close()
  }
}

async function describeCheckpoint(
  context: Context,
  { name, config }: ContainerRecord,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const runtime = await context.runtime({ program: config.runtime, cgroupManager: config.cgroupManager })
  const [conmon, oci] = await programFacts(context, ['conmon', runtime.program])
  const { distribution: system, version } = distribution()
  const facts = {
    'cgroups.version': context.cgroups.mode === 'v2' ? 'v2' : 'v1',
    'conmon.version': conmon?.version ?? '',
    'criu.version': criuNumber(await requireCriu({ signal })),
    'distribution.name': system,
    'distribution.version': version,
    'host.arch': architecture(),
    'host.kernel': os.release(),
    name,
    'podman.version': apiVersion,
    rawImageName: config.spec.image ?? '',
    rootfsImageID: config.image?.id ?? '',
    rootfsImageName: config.image?.name ?? '',
    'runtime.name': runtime.name,
    'runtime.version': oci?.version ?? '',
  }
  return {
    ...Object.fromEntries(Object.entries(facts).map(([key, value]) => [`${annotationPrefix}${key}`, value])),
    'org.opencontainers.image.base.digest': '',
    'org.opencontainers.image.base.name': '',
  }
}

/** `4.1.1` as CRIU's own interface says it: 40101. */
export function criuNumber(version: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return String(major * 10_000 + minor * 100 + patch)
}

function imageSource(layer: ImportedLayer, annotations: Record<string, string>): ImageSource {
  const created = timestamp()
  const { architecture: arch, os: system } = hostPlatform()
  const document = Buffer.from(
    goMarshal({
      created,
      architecture: arch,
      os: system,
      config: { WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created, created_by: '/bin/sh' }],
    }),
  )
  const config = digestOf(document)
  const bytes = Buffer.from(
    goMarshal({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: config, size: document.length },
      layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }],
      annotations: new Map(Object.entries(annotations)),
    }),
  )
  return {
    // Nothing of it comes from elsewhere, so that no policy for sources is about it.
    name: 'containers-storage:checkpoint',
    manifest: async () => ({ bytes, digest: digestOf(bytes), mediaType: mediaTypes.ociManifest }),
    blob: (descriptor, offset = 0) => (descriptor.digest === config ? once(document.subarray(offset)) : layer.bytes(offset)),
    range: ({ digest }) => (digest === layer.digest ? layer.place : undefined),
    close: () => {},
  }
}
