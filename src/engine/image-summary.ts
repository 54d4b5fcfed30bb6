import type { Image } from './live/live-data.ts'

/** The names of an image. */
export const namesOf = ({ RepoTags }: Image): string[] => (RepoTags ?? []).filter((tag) => !tag.startsWith('<none>'))

/** Whether an image is dangling: without a name and without children. */
export const isDangling = (image: Image): boolean => image.Dangling ?? namesOf(image).length === 0

/** Bytes not shared with other images: the minimum that removing it frees. */
export const ownSize = ({ Size, SharedSize }: Image): number => Math.max(0, Size - Math.max(0, SharedSize))
