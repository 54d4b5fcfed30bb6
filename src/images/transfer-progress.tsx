import { Progress, ProgressMeasureLocation, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'

import { formatPercent, formatRate, formatSize, shortId } from '../lib/format.ts'
import { _, C_, format, ngettext } from '../lib/gettext.ts'
import type { Store } from '../lib/store.ts'
import { useStore } from '../lib/use-store.ts'
import { bytesOf, currentOf, type Layer, shareOf, type TransferState } from '../lib/transfer.ts'
import { Spoken } from '../ui/spoken.tsx'

/** How a pull or push is doing: in all, and layer by layer. */
export function TransferProgress({ state, title, push }: { state: Store<TransferState>; title: string; push?: boolean }) {
  const now = useStore(state)
  const { layers, lines, rate, id, digest } = now
  const ended = id !== undefined || digest !== undefined
  if (layers.length === 0)
    return lines.length > 0 ? (
      <pre className="berth-pull-lines" aria-live="polite">
        {lines.join('\n')}
      </pre>
    ) : (
      <Progress aria-label={title} title={title} value={0} label={_('Asking the registry')} />
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
      <Spoken>{ended ? C_('pull', 'Done') : steps(percent)}</Spoken>
      <p className="berth-quiet berth-pull-sum">
        <span>{format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })}</span>
        <span>{ended ? C_('pull', 'Done') : formatRate(rate)}</span>
      </p>
      <ul className="berth-pull-layers" aria-label={ngettext('{n} layer', '{n} layers', layers.length)}>
        {layers.map((layer) => (
          <LayerLine key={layer.digest} layer={layer} push={push} />
        ))}
      </ul>
    </div>
  )
}

/** A bar that moves is not read out; every quarter is. */
const steps = (percent: number): string => formatPercent(Math.floor(percent / 25) * 25)

function LayerLine({ layer, push }: { layer: Layer; push: boolean | undefined }) {
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
      <span className="berth-quiet berth-layer-state">{layerText(layer, current, push)}</span>
    </li>
  )
}

function layerText({ phase, total }: Layer, current: number, push: boolean | undefined): string {
  switch (phase) {
    case 'waiting':
      return C_('layer', 'Waiting')
    case 'downloading':
    case 'uploading':
      return format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })
    case 'unpacking':
      return C_('layer', 'Unpacking')
    case 'exists':
      return push ? C_('layer', 'Already there') : C_('layer', 'Already here')
    case 'mounted':
      return C_('layer', 'Already there')
    case 'done':
      return formatSize(total)
  }
}
