import { Progress, ProgressMeasureLocation, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import { shortId } from '../../../engine/spec/name.ts'
import { formatPercent, formatRate, formatSize } from '../../i18n/format.ts'
import { _, C_, format, ngettext } from '../../i18n/gettext.ts'
import type { Store } from '../../engine/store.ts'
import { useStore } from '../../hooks/use-store.ts'
import { bytesOf, currentOf, type Layer, shareOf, type TransferState } from '../../engine/transfers/transfer.ts'
import { LiveRegion } from '../live-region.tsx'

/** The progress of a pull or push, in total and per layer. */
export function TransferProgress({ state, title }: { state: Store<TransferState>; title: string }) {
  const now = useStore(state)
  const { layers, lines, rate, id, digest } = now
  const ended = id !== undefined || digest !== undefined
  if (layers.length === 0)
    return lines.length > 0 ? (
      <pre className="berth-pull-lines" aria-live="polite">
        {lines.join('\n')}
      </pre>
    ) : (
      <Progress aria-label={title} title={title} value={0} label={_('Contacting the registry')} />
    )
  const { current, total } = bytesOf(now)
  const percent = shareOf(now) * 100
  return (
    <div className="berth-pull">
      <Progress
        title={title}
        aria-label={title}
        value={percent}
        label={formatPercent(percent)}
        variant={ended ? 'success' : undefined}
      />
      <LiveRegion>{ended ? C_('pull', 'Done') : steps(percent)}</LiveRegion>
      <p className="berth-quiet berth-pull-sum">
        {/* Nothing is moved where all layers are there already. */}
        <span>{total > 0 && format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })}</span>
        <span>{ended ? C_('pull', 'Done') : current < total && formatRate(rate)}</span>
      </p>
      <ul className="berth-pull-layers" aria-label={ngettext('{n} layer', '{n} layers', layers.length)}>
        {layers.map((layer) => (
          <LayerLine key={layer.digest} layer={layer} />
        ))}
      </ul>
    </div>
  )
}

/** Announced to screen readers every quarter, not on each change. */
const steps = (percent: number): string => formatPercent(Math.floor(percent / 25) * 25)

function LayerLine({ layer }: { layer: Layer }) {
  const { digest, phase, total } = layer
  const current = currentOf(layer)
  const percent = phase === 'exists' || phase === 'mounted' || phase === 'done' ? 100 : total === 0 ? 0 : (current / total) * 100
  return (
    <li>
      <code title={digest}>{shortId(digest)}</code>
      <Progress
        aria-label={format(_('Layer {digest}'), { digest: shortId(digest) })}
        size={ProgressSize.sm}
        value={percent}
        measureLocation={ProgressMeasureLocation.none}
      />
      <span className="berth-quiet berth-layer-state">{layerText(layer, current)}</span>
    </li>
  )
}

function layerText({ phase, total }: Layer, current: number): string {
  switch (phase) {
    case 'waiting':
      return C_('layer', 'Waiting')
    case 'downloading':
    case 'uploading':
      return format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })
    case 'unpacking':
      return C_('layer', 'Extracting')
    case 'exists':
    case 'mounted':
      return C_('layer', 'Already exists')
    case 'done':
      return formatSize(total)
  }
}
