import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { formatSize, shortId } from '../../lib/format.ts'
import { _, format, ngettext } from '../../lib/gettext.ts'
import type { Image } from '../../lib/live-data.ts'
import { linkTo } from '../../lib/location.ts'
import { type CallState, useCall } from '../../lib/use-call.ts'
import { useStore } from '../../lib/use-store.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { CannotReach, NothingYet } from '../../ui/empty.tsx'
import { ErrorAlert } from '../../ui/error-alert.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { KindMarks, NewerBadge } from '../image-marks.tsx'
import { namesOf, shownName } from '../image-rows.ts'
import { ConfigurationTab } from './configuration-tab.tsx'
import { ContainersTab } from './containers-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import { LayersTab } from './layers-tab.tsx'
import { ListTab } from './list-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { TreeTab } from './tree-tab.tsx'

export type Inspect = Output<'image.inspect'>

/**
 * Everything about one image, as tabs that can be linked to. `id`: its id, the beginning of it, or a name; what is done to it is
 * done by that name.
 */
export function ImageDetails({ id }: { id: string }) {
  const { data } = useEngine()
  const { items, error } = useStore(data.images)
  const bare = id.replace(/^sha256:/, '')
  const image =
    items?.find((each) => each.Id === bare || each.RepoTags?.includes(id)) ?? items?.find((each) => each.Id.startsWith(bare))
  const names = image ? namesOf(image) : []
  const reference = names.find((each) => each === id) ?? names[0]
  const title = reference ?? shownName(image?.Id ?? id)
  return (
    <PageSection isFilled className="berth-details" aria-labelledby="berth-title">
      <Breadcrumb aria-label={_('Where this is')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo(['images'])}>{_('Images')}</BreadcrumbItem>
        <BreadcrumbItem isActive title={title}>
          {title}
        </BreadcrumbItem>
      </Breadcrumb>
      {image ? <Known image={image} reference={reference} /> : <PageTitle>{title}</PageTitle>}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && (
        <CannotReach title={_('Images cannot be listed')} message={error.message} onRetry={() => void data.images.refresh()} />
      )}
      {items && !image && (
        <NothingYet
          title={_('There is no such image')}
          action={
            <Button component="a" href={linkTo(['images'])}>
              {_('All images')}
            </Button>
          }
        >
          {_('It was removed, or the link is not quite right.')}
        </NothingYet>
      )}
    </PageSection>
  )
}

interface KnownProps {
  image: Image
  /** The name it was asked for by, or else its first. */
  reference: string | undefined
}

function Known({ image, reference }: KnownProps) {
  return (
    <>
      <Heading image={image} reference={reference} />
      {image.IsManifestList ? (
        <DetailTabs label={_('Image')} tabs={[{ key: 'overview', title: _('Overview'), content: <ListTab image={image} /> }]} />
      ) : (
        <Single image={image} />
      )}
    </>
  )
}

function Single({ image }: { image: Image }) {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['image.inspect']({ name: image.Id }, { signal }), [engine, image.Id])
  // A summary that is another object is an image that changed.
  return <Tabs image={image} inspect={useCall(ask, image)} />
}

function Heading({ image, reference }: KnownProps) {
  const others = namesOf(image).filter((each) => each !== reference)
  const { run, groups } = useImageActions()(image, reference)
  const name = reference ?? shortId(image.Id)
  return (
    <div className="berth-heading">
      <div>
        <PageTitle
          beside={
            <div className="berth-marks">
              <KindMarks image={image} />
              <NewerBadge image={image} reference={reference} />
            </div>
          }
        >
          {name}
        </PageTitle>
        <div className="berth-quiet">
          {formatSize(image.Size)} · <TimeAgo value={image.Created} />
          {others.length > 0 && ` · ${ngettext('{n} more name', '{n} more names', others.length)}`}
        </div>
      </div>
      <div className="berth-row-actions">
        {!image.IsManifestList && (
          <Button variant="secondary" onClick={run}>
            {_('Run')}
          </Button>
        )}
        <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
      </div>
    </div>
  )
}

function Tabs({ image, inspect: { value, error } }: { image: Image; inspect: CallState<Inspect> }) {
  const { can } = useEngine()
  const waiting = error ? (
    <ErrorAlert title={_('The image cannot be read')} error={error} />
  ) : (
    <Skeleton height="12rem" screenreaderText={_('Loading')} />
  )
  const layers: DetailTab = { key: 'layers', title: _('Layers'), content: <LayersTab image={image} /> }
  const tabs: readonly DetailTab[] = [
    { key: 'overview', title: _('Overview'), content: value ? <OverviewTab image={image} inspect={value} /> : waiting },
    ...(can.does('image.layers') ? [layers] : []),
    { key: 'history', title: _('History'), content: <HistoryTab image={image} /> },
    { key: 'configuration', title: _('Configuration'), content: value ? <ConfigurationTab inspect={value} /> : waiting },
    { key: 'tree', title: _('Tree'), content: <TreeTab image={image} /> },
    { key: 'containers', title: _('Containers'), content: <ContainersTab image={image} /> },
    { key: 'inspect', title: _('Inspect'), content: value ? <InspectTab inspect={value} /> : waiting },
  ]
  return <DetailTabs label={_('Image')} tabs={tabs} />
}
