import { useEngine } from '../../engine/engine-context.tsx'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import type { ContainerSummary, Image } from '../../engine/live/live-data.ts'
import { linkTo } from '../../hooks/route.ts'
import { useSelected } from '../../hooks/use-store.ts'
import { nameOf } from '../../engine/container-summary.ts'

const shown = 2
const byImage = new WeakMap<readonly ContainerSummary[], Map<string, ContainerSummary[]>>()

/** The containers by image; computed once per listing. */
function containersByImage(containers: readonly ContainerSummary[]): Map<string, ContainerSummary[]> {
  const known = byImage.get(containers)
  if (known) return known
  const map = Map.groupBy(
    containers.filter(({ IsInfra }) => !IsInfra),
    ({ ImageID }) => ImageID,
  )
  byImage.set(containers, map)
  return map
}

/** The containers of an image. */
export function useContainersOf(image: Image): readonly ContainerSummary[] {
  const { data } = useEngine()
  return useSelected(data.containers, ({ items }) => (items && containersByImage(items).get(image.Id)) ?? none)
}

const none: readonly ContainerSummary[] = []

/** Links to the containers of an image. */
export function UsedBy({ image, reference }: { image: Image; reference: string | undefined }) {
  const users = useContainersOf(image)
  if (users.length === 0)
    return image.Containers > 0 ? (
      <a href={linkTo(['containers'], { filter: reference ?? '' })}>
        {ngettext('{n} container', '{n} containers', image.Containers)}
      </a>
    ) : (
      <span className="berth-quiet">{C_('images', 'Unused')}</span>
    )
  const more = users.length - shown
  return (
    <div className="berth-used">
      {users.slice(0, more === 1 ? shown + 1 : shown).map((container) => (
        <a key={container.Id} href={linkTo(['containers', container.Id])}>
          {nameOf(container)}
        </a>
      ))}
      {more > 1 && <a href={linkTo(['images', image.Id], { tab: 'containers' })}>{format(_('{count} more'), { count: more })}</a>}
    </div>
  )
}
