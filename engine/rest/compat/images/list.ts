import type { Output } from '../../../contract/index.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, withAlgorithm } from '../names.ts'

type Summary = Output<'image.list'>[number]

/** Images in Docker's form. */
export const list: Mapping<'docker.image.list'> = async (engine, { all, filters, 'shared-size': shared }, options) => {
  const found = await engine['image.list']({ all, filters }, options)
  const shown = namesOf(filters?.['reference'] ?? [])
  // Docker's clients take a list for an image; each of its images is listed by itself.
  return found.filter((image) => image.IsManifestList !== true).map((image) => toSummary(image, shared, shown))
}

/** Of an image found by its name Docker shows only the names that were asked for; podman's filter, ours, all of them. */
function namesOf(patterns: readonly string[]): ((name: string) => boolean) | undefined {
  if (patterns.length === 0 || patterns.some((each) => /[?[\\]/.test(each))) return undefined
  const tests = patterns.map(
    (each) =>
      new RegExp(
        `^${familiar(each)
          .replace(/[.+^${}()|\]]/g, '\\$&')
          .replaceAll('*', '[^/]*')}$`,
      ),
  )
  return (name) => tests.some((each) => each.test(name) || each.test(name.replace(/:[^:/]*$/, '')))
}

/** Docker uses -1 for values that were not computed. */
function toSummary(image: Summary, shared: boolean, wanted: ((name: string) => boolean) | undefined) {
  // Podman's patterns find more than Docker's: an image that only they find keeps its names.
  const shown = wanted && image.Names?.some((name) => wanted(familiar(name))) ? wanted : () => true
  return {
    Containers: image.Containers,
    Created: image.Created,
    Id: withAlgorithm(image.Id),
    Labels: image.Labels,
    ParentId: withAlgorithm(image.ParentId),
    RepoDigests: (image.RepoDigests ?? []).map(familiar).filter((name) => shown(name.replace(/@.*$/, ''))),
    RepoTags: (image.RepoTags ?? []).map(familiar).filter(shown),
    SharedSize: shared ? image.SharedSize : -1,
    Size: image.Size,
    VirtualSize: image.VirtualSize,
    Digest: image.Digest,
    History: image.History,
    Names: image.Names,
  }
}
