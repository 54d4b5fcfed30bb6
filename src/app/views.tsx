import type { ReactNode } from 'react'

import { ContainersPage } from '../containers/containers-page.tsx'
import { ContainerDetails } from '../containers/details/container-details.tsx'
import { ImageDetails } from '../images/details/image-details.tsx'
import { ImagesPage } from '../images/images-page.tsx'
import { _ } from '../lib/gettext.ts'
import { linkTo } from '../lib/location.ts'
import { OverviewPage } from '../overview/overview-page.tsx'

/** A page of the navigation. */
export interface View {
  key: string
  title: () => string
  /** Draws it; `rest` is what follows its name in the path. */
  render: (rest: readonly string[]) => ReactNode
}

/** All pages, in the order of the navigation; the first is where one arrives. */
export const views: readonly View[] = [
  { key: 'overview', title: () => _('Overview'), render: () => <OverviewPage /> },
  {
    key: 'containers',
    title: () => _('Containers'),
    render: ([id]) => (id === undefined ? <ContainersPage /> : <ContainerDetails key={id} id={id} />),
  },
  {
    key: 'images',
    title: () => _('Images'),
    render: ([id]) => (id === undefined ? <ImagesPage /> : <ImageDetails key={id} id={id} />),
  },
]

/** The page a path is on. */
export const viewOf = (path: readonly string[]): View => views.find(({ key }) => key === path[0]) ?? views[0]!

/** A link to a page. */
export const linkToView = (view: View): string => linkTo(view === views[0] ? [] : [view.key])
