import type { Image } from '../lib/live-data.ts'
import { currentPlace, linkTo, navigate } from '../lib/location.ts'

/** Goes from the place of a name that is gone to the image's own, and from that to all images when the image is gone as well. */
export function leave({ Id }: Image, name: string, gone: boolean): void {
  const { path, query } = currentPlace()
  const here = path[0] === 'images' ? path[1] : undefined
  if (gone && (here === name || here === Id)) navigate(linkTo(['images']))
  else if (here === name && name !== Id) navigate(linkTo(['images', Id], query), { replace: true })
}
