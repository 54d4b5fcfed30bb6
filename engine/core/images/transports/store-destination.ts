import { EngineError } from '../../../errors/index.ts'
import { type Digest, formatReference, parseReference, qualify, wantedPlatform } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { fetchImage } from '../pulls/fetch.ts'
import type { Destination, DestinationAccess } from './access.ts'
import { storeName } from './store-source.ts'

/** Our own store. The image is unpacked while it arrives, and becomes visible with its names once it is complete. */
export async function openStoreDestination(context: Context, rest: string, access: DestinationAccess): Promise<Destination> {
  const reference = qualify(parseReference(storeName(rest, context)), 'docker.io')
  if (reference.digest)
    throw new EngineError('ImageReferenceInvalid', `An image in the store is named by a tag, not by a digest: ${rest}.`)
  const names = [
    formatReference(reference),
    ...(access.additionalTags ?? []).map((each) => formatReference(qualify(parseReference(each), 'docker.io'))),
  ]
  const never = async (): Promise<never> => {
    throw new EngineError('Internal', 'The store fetches its images by itself.')
  }
  return {
    name: `containers-storage:${names[0]}`,
    reference,
    traits: { manifestTypes: [], layers: 'preserve', lists: false },
    async fetch(source, { platform = {}, progress, signal, trust }) {
      const { facts } = await fetchImage({
        context,
        source,
        names,
        wanted: wantedPlatform(platform),
        platformNamed: Boolean(platform.os ?? platform.architecture),
        progress,
        signal,
        ...(trust ? { trust } : {}),
      })
      return facts.manifest.digest as Digest
    },
    has: async () => false,
    putBlob: never,
    putManifest: never,
    commit: async () => {},
    discard: async () => {},
  }
}
