import { shortId } from '../../engine/spec/name.ts'
import type { Image } from '../engine/live/live-data.ts'
import { isDangling, namesOf } from '../engine/image-summary.ts'
import { compareKeys, naturalKey } from '../i18n/natural-key.ts'
import { splitImageName } from '../ui/image-name.tsx'

/** One row: an image by one of its names, or without a name. */
export interface ImageRow {
  readonly key: string
  readonly image: Image
  /** `registry/path/name:tag`, as commands take it. */
  readonly reference: string | undefined
  readonly name: string
  readonly tag: string
}

export const imageSortKeys = ['name', 'size', 'created', 'used'] as const
export type ImageSortKey = (typeof imageSortKeys)[number]
export interface ImageSort {
  readonly key: ImageSortKey
  readonly descending: boolean
}

/** Which images are shown: all, in use, or unused. */
export type UsageFilter = 'all' | 'used' | 'unused'

/** The filter of the list. */
export interface ImageFilter {
  readonly text: string
  readonly use: UsageFilter
  /** Whether dangling images are shown. */
  readonly dangling: boolean
}

/** Reads a sort order from the URL; anything else is by name. */
export function parseImageSort(text: string): ImageSort {
  const [key, direction] = text.split(':')
  return { key: imageSortKeys.find((each) => each === key) ?? 'name', descending: direction === 'desc' }
}

/** Writes a sort order for the URL. */
export const writeImageSort = ({ key, descending }: ImageSort): string => (descending ? `${key}:desc` : key)

/** Splits `registry:5000/name:tag`; the port of a registry is not a tag. */
export function splitReference(reference: string): { name: string; tag: string } {
  const colon = reference.lastIndexOf(':')
  if (colon <= reference.lastIndexOf('/')) return { name: reference, tag: '' }
  return { name: reference.slice(0, colon), tag: reference.slice(colon + 1) }
}

/** A name, or a shortened id. */
export const shownName = (reference: string): string =>
  /^(sha256:)?[0-9a-f]{64}$/.test(reference) ? shortId(reference) : reference

/** By the last part of the name first; `1.10` comes after `1.9`. */
const compareNames = (a: ImageRow, b: ImageRow): number =>
  compareKeys(lastKey(a), lastKey(b)) || compareKeys(naturalKey(a.reference ?? a.key), naturalKey(b.reference ?? b.key))

const lastKeys = new Map<string, string>()
const mostKeys = 5000

function lastKey({ name }: ImageRow): string {
  const known = lastKeys.get(name)
  if (known !== undefined) return known
  if (lastKeys.size >= mostKeys) lastKeys.clear()
  const key = naturalKey(splitImageName(name).rest)
  lastKeys.set(name, key)
  return key
}

const compare: Record<ImageSortKey, (a: ImageRow, b: ImageRow) => number> = {
  name: () => 0,
  size: (a, b) => a.image.Size - b.image.Size,
  created: (a, b) => a.image.Created - b.image.Created,
  used: (a, b) => a.image.Containers - b.image.Containers,
}

const fits: Record<UsageFilter, (image: Image) => boolean> = {
  all: () => true,
  used: ({ Containers }) => Containers > 0,
  unused: ({ Containers }) => Containers === 0,
}

/** The filtered and sorted rows, one for each name; images without a name come last. */
export function imageRows(images: readonly Image[], filter: ImageFilter, { key, descending }: ImageSort): ImageRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const rows = images
    .filter((image) => fits[filter.use](image) && (filter.dangling || !isDangling(image)))
    .flatMap((image): ImageRow[] => {
      const tags = namesOf(image)
      if (tags.length === 0) return [{ key: image.Id, image, reference: undefined, name: '', tag: '' }]
      return tags.map((reference) => ({ key: `${image.Id} ${reference}`, image, reference, ...splitReference(reference) }))
    })
  const sign = descending ? -1 : 1
  const unnamed = (row: ImageRow) => Number(row.reference === undefined)
  return rows
    .filter(({ reference = '', image }) =>
      words.every((word) => `${reference}\n${image.Id}\n${image.Digest ?? ''}`.toLowerCase().includes(word)),
    )
    .toSorted((a, b) => unnamed(a) - unnamed(b) || sign * (compare[key](a, b) || compareNames(a, b)))
}
