import type { ReactNode } from 'react'

import type { OperationName } from '../../engine/contract/index.ts'
import { AuditPage } from '../audit/audit-page.tsx'
import { ContainersPage } from '../containers/containers-page.tsx'
import { ContainerDetails } from '../containers/details/container-details.tsx'
import { EventsPage } from '../events/events-page.tsx'
import { ImageDetails } from '../images/details/image-details.tsx'
import { ImagesPage } from '../images/images-page.tsx'
import { _ } from '../i18n/gettext.ts'
import { linkTo } from '../hooks/route.ts'
import { OverviewPage } from '../overview/overview-page.tsx'
import { SystemPage } from '../system/system-page.tsx'

/** A page of the navigation. */
export interface View {
  key: string
  title: () => string
  /** The operation it needs: without it the page is hidden. */
  operation?: OperationName
  /** Renders it; `rest` is the path after its key. */
  render: (rest: readonly string[]) => ReactNode
}

/** All pages in the order of the navigation; the first is the default. */
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
  { key: 'events', title: () => _('Events'), render: () => <EventsPage /> },
  { key: 'system', title: () => _('System'), operation: 'system.config', render: () => <SystemPage /> },
  { key: 'audit', title: () => _('Audit log'), operation: 'audit.list', render: () => <AuditPage /> },
]

/** The page of a path; undefined for one that names none. */
export const viewOf = (path: readonly string[]): View | undefined =>
  path.length === 0 ? views[0] : views.find(({ key }) => key === path[0])

/** A link to a page. */
export const linkToView = (view: View): string => linkTo(view === views[0] ? [] : [view.key])
