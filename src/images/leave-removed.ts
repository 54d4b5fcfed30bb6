import type { Image } from '../engine/live/live-data.ts'
import { currentRoute, linkTo, navigate } from '../hooks/route.ts'

/** Navigates away from a removed name to the image, or to the list if the image was removed as well. */
export function leaveRemoved({ Id }: Image, name: string, gone: boolean): void {
  const { path, query } = currentRoute()
  const here = path[0] === 'images' ? path[1] : undefined
  if (gone && (here === name || here === Id)) navigate(linkTo(['images']))
  else if (here === name && name !== Id) navigate(linkTo(['images', Id], query), { replace: true })
}
