import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback, useMemo } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useCall } from '../../hooks/use-call.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { type Removal, RemovalList } from '../../ui/dialogs/removal-list.tsx'
import { type Everything, type PruneChoice, type PruneKind, pruneRemovals } from '../prune-removals.ts'

const titles: Record<PruneKind, (count: number) => string> = {
  containers: (count) => ngettext('{n} container', '{n} containers', count),
  pods: (count) => ngettext('{n} pod', '{n} pods', count),
  images: (count) => ngettext('{n} image', '{n} images', count),
  networks: (count) => ngettext('{n} network', '{n} networks', count),
  volumes: (count) => ngettext('{n} volume', '{n} volumes', count),
}

/** What a prune of everything would remove, as far as it is known. */
export interface PruneForecast {
  readonly removals: Record<PruneKind, readonly Removal[]> | undefined
  readonly error: Error | undefined
}

/** What a prune would remove now. `choice` is the same object while nothing changes. */
export function usePruneForecast(choice: PruneChoice): PruneForecast {
  const { all, error } = useEverything()
  return { removals: useMemo(() => all && pruneRemovals(all, choice), [all, choice]), error }
}

/** Whether there is nothing to remove. */
export const isNothing = ({ removals }: PruneForecast): boolean =>
  removals !== undefined && Object.values(removals).every(({ length }) => length === 0)

/** What a prune of everything removes, a list a kind, with what each frees. */
export function PruneContents({ forecast: { removals, error } }: { forecast: PruneForecast }) {
  if (error) return <ErrorAlert title={_('Failed to find out what would be removed')} error={error} />
  if (!removals) return <Skeleton height="6rem" screenreaderText={_('Loading')} />
  const kinds = (Object.keys(titles) as PruneKind[]).filter((kind) => removals[kind].length > 0)
  if (kinds.length === 0) return <p>{_('There is nothing to remove.')}</p>
  const size = sumOf(kinds.flatMap((kind) => removals[kind]))
  return (
    <div className="berth-prune-kinds">
      <p>
        {size > 0
          ? format(_('This is removed, and frees at least {size} of disk space:'), { size: formatSize(size) })
          : _('This is removed:')}
      </p>
      {kinds.map((kind) => (
        <Kind key={kind} title={titles[kind](removals[kind].length)} removals={removals[kind]} />
      ))}
    </div>
  )
}

const sumOf = (removals: readonly Removal[]): number => removals.reduce((sum, { size = 0 }) => sum + size, 0)

function Kind({ title, removals }: { title: string; removals: readonly Removal[] }) {
  const size = sumOf(removals)
  return (
    <details className="berth-prune-kind" open={removals.length <= 5}>
      <summary>
        {title}
        {size > 0 && <span className="berth-quiet berth-number">{formatSize(size)}</span>}
      </summary>
      <RemovalList label={format(C_('prune', '{objects} to remove'), { objects: title })} removals={removals} />
    </details>
  )
}

/** All that can be pruned: one call a kind, as the lists' pages make them. */
function useEverything(): { all: Everything | undefined; error: Error | undefined } {
  const { engine, data } = useEngine()
  const sized = useCall(
    useCallback((signal: AbortSignal) => engine['container.list']({ all: true, size: true }, { signal }), [engine]),
  )
  const pods = useStore(data.pods)
  const images = useStore(data.images)
  const networks = useStore(data.networks)
  const volumes = useStore(data.volumeUsage)
  const containers = sized.value
  const all = useMemo(
    () =>
      containers && pods.items && images.items && networks.items && volumes.items
        ? { containers, pods: pods.items, images: images.items, networks: networks.items, volumes: volumes.items }
        : undefined,
    [containers, pods.items, images.items, networks.items, volumes.items],
  )
  return { all, error: all ? undefined : (sized.error ?? pods.error ?? images.error ?? networks.error ?? volumes.error) }
}
