import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback } from 'react'

import { shortId } from '../../../engine/spec/name.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatSize } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { type CallState, useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionsMenu } from '../../ui/actions-menu.tsx'
import { type DetailTab, DetailTabs } from '../../ui/detail-tabs.tsx'
import { DetailsFrame, DetailsHeading } from '../../ui/details/details-frame.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { InspectTab } from '../../ui/inspect-tab.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { useImageActions } from '../image-actions.tsx'
import { KindMarks, NewerBadge } from '../image-marks.tsx'
import { namesOf } from '../../engine/image-summary.ts'
import { shownName } from '../image-rows.ts'
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
    <DetailsFrame
      name={title}
      list={{
        page: 'images',
        title: _('Images'),
        items,
        error,
        failed: _('Failed to list images'),
        onRetry: () => void data.images.refresh(),
        missing: _('Image not found'),
        all: _('All images'),
      }}
    >
      {image && <LoadedImage image={image} reference={reference} />}
    </DetailsFrame>
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
    <DetailsHeading
      name={name}
      beside={
        <div className="berth-marks">
          <KindMarks image={image} />
          <NewerBadge image={image} reference={reference} />
        </div>
      }
      below={
        <>
          {formatSize(image.Size)} · <TimeAgo value={image.Created} />
          {others.length > 0 && ` · ${ngettext('{n} more name', '{n} more names', others.length)}`}
        </>
      }
      actions={
        <>
          {!image.IsManifestList && (
            <Button variant="secondary" onClick={run}>
              {_('Run')}
            </Button>
          )}
          <ActionsMenu label={format(_('Actions for {name}'), { name })} groups={groups} />
        </>
      }
    />
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
