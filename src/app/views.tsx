import type { ReactNode } from 'react'

import type { OperationName } from '../../engine/contract/index.ts'
import { _ } from '../i18n/gettext.ts'
import { linkTo } from '../hooks/route.ts'
import { onDemand } from '../ui/on-demand.tsx'

// Each page is a file of the build of its own, or two where it has details.
const files = {
  overview: onDemand(() => import('../overview/overview-page.tsx')),
  containers: onDemand(() => import('../containers/containers-page.tsx')),
  container: onDemand(() => import('../containers/details/container-details.tsx')),
  pod: onDemand(() => import('../pods/details/pod-details.tsx')),
  images: onDemand(() => import('../images/images-page.tsx')),
  image: onDemand(() => import('../images/details/image-details.tsx')),
  volumes: onDemand(() => import('../volumes/volumes-page.tsx')),
  volume: onDemand(() => import('../volumes/details/volume-details.tsx')),
  secrets: onDemand(() => import('../secrets/secrets-page.tsx')),
  networks: onDemand(() => import('../networks/networks-page.tsx')),
  network: onDemand(() => import('../networks/details/network-details.tsx')),
  events: onDemand(() => import('../events/events-page.tsx')),
  system: onDemand(() => import('../system/system-page.tsx')),
  audit: onDemand(() => import('../audit/audit-page.tsx')),
}
const OverviewPage = files.overview.component('OverviewPage')
const ContainersPage = files.containers.component('ContainersPage')
const ContainerDetails = files.container.component('ContainerDetails')
const PodDetails = files.pod.component('PodDetails')
const ImagesPage = files.images.component('ImagesPage')
const ImageDetails = files.image.component('ImageDetails')
const VolumesPage = files.volumes.component('VolumesPage')
const VolumeDetails = files.volume.component('VolumeDetails')
const SecretsPage = files.secrets.component('SecretsPage')
const NetworksPage = files.networks.component('NetworksPage')
const NetworkDetails = files.network.component('NetworkDetails')
const EventsPage = files.events.component('EventsPage')
const SystemPage = files.system.component('SystemPage')
const AuditPage = files.audit.component('AuditPage')

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
  { key: 'overview', title: () => _('Overview'), render: () => <OverviewPage />, load: files.overview.load },
  {
    key: 'containers',
    title: () => _('Containers'),
    render: ([id, pod]) => {
      if (id === undefined) return <ContainersPage />
      return id === 'pods' && pod !== undefined ? <PodDetails key={pod} id={pod} /> : <ContainerDetails key={id} id={id} />
    },
    load: ([id, pod]) => {
      if (id === undefined) return files.containers.load()
      return id === 'pods' && pod !== undefined ? files.pod.load() : files.container.load()
    },
  },
  {
    key: 'images',
    title: () => _('Images'),
    render: ([id]) => (id === undefined ? <ImagesPage /> : <ImageDetails key={id} id={id} />),
    load: ([id]) => (id === undefined ? files.images.load() : files.image.load()),
  },
  {
    key: 'volumes',
    title: () => _('Volumes'),
    operation: 'volume.list',
    render: ([name]) => (name === undefined ? <VolumesPage /> : <VolumeDetails key={name} name={name} />),
    load: ([name]) => (name === undefined ? files.volumes.load() : files.volume.load()),
  },
  {
    key: 'networks',
    title: () => _('Networks'),
    operation: 'network.create',
    render: ([name]) => (name === undefined ? <NetworksPage /> : <NetworkDetails key={name} name={name} />),
    load: ([name]) => (name === undefined ? files.networks.load() : files.network.load()),
  },
  {
    key: 'secrets',
    title: () => _('Secrets'),
    operation: 'secret.list',
    render: () => <SecretsPage />,
    load: files.secrets.load,
  },
  { key: 'events', title: () => _('Events'), render: () => <EventsPage />, load: files.events.load },
  { key: 'system', title: () => _('System'), operation: 'system.config', render: () => <SystemPage />, load: files.system.load },
  { key: 'audit', title: () => _('Audit log'), operation: 'audit.list', render: () => <AuditPage />, load: files.audit.load },
]

/** The page of a path; undefined for one that names none. */
export const viewOf = (path: readonly string[]): View | undefined =>
  path.length === 0 ? views[0] : views.find(({ key }) => key === path[0])

/** A link to a page. */
export const linkToView = (view: View): string => linkTo(view === views[0] ? [] : [view.key])
