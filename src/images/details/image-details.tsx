import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core/dist/esm/components/Breadcrumb'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PageSection } from '@patternfly/react-core/dist/esm/components/Page'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { type CallState, useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { ErrorView, EmptyView } from '../../ui/empty-states.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { KindMarks, NewerBadge } from '../image-marks.tsx'
import { namesOf, shownName } from '../image-rows.ts'
import { ConfigurationTab } from './configuration-tab.tsx'
import { ContainersTab } from './containers-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import type { Inspect } from './inspect.ts'
import { LayersTab } from './layers-tab.tsx'
import { ListTab } from './list-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { TreeTab } from './tree-tab.tsx'

/**
 * Everything about one image, as tabs that can be linked to. `id` is its id, a prefix of it, or a name; actions use
 * that name.
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
      <Breadcrumb aria-label={_('Breadcrumb')} className="berth-breadcrumb">
        <BreadcrumbItem to={linkTo(['images'])}>{_('Images')}</BreadcrumbItem>
        <BreadcrumbItem isActive title={title}>
          {title}
        </BreadcrumbItem>
      </Breadcrumb>
      {image ? <LoadedImage image={image} reference={reference} /> : <PageTitle>{title}</PageTitle>}
      {!items && !error && <Skeleton height="16rem" screenreaderText={_('Loading')} />}
      {!items && error && (
        <ErrorView title={_('Failed to list images')} message={error.message} onRetry={() => void data.images.refresh()} />
      )}
      {items && !image && (
        <EmptyView
          title={_('Image not found')}
          action={
            <Button component="a" href={linkTo(['images'])}>
              {_('All images')}
            </Button>
          }
        >
          {_('It was removed, or the link is wrong.')}
        </EmptyView>
      )}
    </PageSection>
  )
}

interface LoadedImageProps {
  image: Image
  /** The name in the URL, or its first name. */
  reference: string | undefined
}

function LoadedImage({ image, reference }: LoadedImageProps) {
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
  // A new summary object means that the image changed.
  return <Tabs image={image} inspect={useCall(ask, image)} />
}

function Heading({ image, reference }: LoadedImageProps) {
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
    <ErrorAlert title={_('Failed to inspect the image')} error={error} />
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
