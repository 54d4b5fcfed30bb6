import type { ReactNode } from 'react'

import type { OperationName } from '../../engine/contract/index.ts'
import { _ } from '../i18n/gettext.ts'
import { linkTo } from '../hooks/route.ts'
import { lazily } from '../ui/lazily.ts'

// Each page is a file of the build of its own, or two where it has details.
const files = {
  overview: () => import('../overview/overview-page.tsx'),
  containers: () => import('../containers/containers-page.tsx'),
  container: () => import('../containers/details/container-details.tsx'),
  images: () => import('../images/images-page.tsx'),
  image: () => import('../images/details/image-details.tsx'),
  events: () => import('../events/events-page.tsx'),
  system: () => import('../system/system-page.tsx'),
  audit: () => import('../audit/audit-page.tsx'),
}
const OverviewPage = lazily(files.overview, 'OverviewPage')
const ContainersPage = lazily(files.containers, 'ContainersPage')
const ContainerDetails = lazily(files.container, 'ContainerDetails')
const ImagesPage = lazily(files.images, 'ImagesPage')
const ImageDetails = lazily(files.image, 'ImageDetails')
const EventsPage = lazily(files.events, 'EventsPage')
const SystemPage = lazily(files.system, 'SystemPage')
const AuditPage = lazily(files.audit, 'AuditPage')

/** A page of the navigation. */
export interface View {
  key: string
  title: () => string
  /** The operation it needs: without it the page is hidden. */
  operation?: OperationName
  /** Renders it; `rest` is the path after its key. */
  render: (rest: readonly string[]) => ReactNode
  /** Loads it, so that it can be rendered at once. */
  load: (rest: readonly string[]) => Promise<unknown>
}

/** All pages in the order of the navigation; the first is the default. */
export const views: readonly View[] = [
  { key: 'overview', title: () => _('Overview'), render: () => <OverviewPage />, load: files.overview },
  {
    key: 'containers',
    title: () => _('Containers'),
    render: ([id]) => (id === undefined ? <ContainersPage /> : <ContainerDetails key={id} id={id} />),
    load: ([id]) => (id === undefined ? files.containers() : files.container()),
  },
  {
    key: 'images',
    title: () => _('Images'),
    render: ([id]) => (id === undefined ? <ImagesPage /> : <ImageDetails key={id} id={id} />),
    load: ([id]) => (id === undefined ? files.images() : files.image()),
  },
  { key: 'events', title: () => _('Events'), render: () => <EventsPage />, load: files.events },
  { key: 'system', title: () => _('System'), operation: 'system.config', render: () => <SystemPage />, load: files.system },
  { key: 'audit', title: () => _('Audit log'), operation: 'audit.list', render: () => <AuditPage />, load: files.audit },
]

/** The page of a path; undefined for one that names none. */
export const viewOf = (path: readonly string[]): View | undefined =>
  path.length === 0 ? views[0] : views.find(({ key }) => key === path[0])

/** A link to a page. */
export const linkToView = (view: View): string => linkTo(view === views[0] ? [] : [view.key])
