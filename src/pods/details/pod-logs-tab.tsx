import { useEffect, useMemo, useRef, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _ } from '../../i18n/gettext.ts'
import { CheckField, SelectField } from '../../ui/dialogs/fields.tsx'
import { createPodLog } from './pod-log.ts'

/** The end of the logs of all a pod's containers, line by line in the order of time. */
export function PodLogsTab({ pod }: { pod: PodSummary }) {
  const { engine } = useEngine()
  const members = pod.Containers.filter(({ Id }) => Id !== pod.InfraId)
  const [chosen, setChosen] = useState('')
  const [follows, setFollows] = useState(true)
  // A log that has ended goes on when its container runs again.
  const key = JSON.stringify(members.map(({ Id, Names, Status }) => ({ Id, Names, Status })))
  const log = useMemo(() => createPodLog(engine, JSON.parse(key) as { Id: string; Names: string }[]), [engine, key])
  const all = useStore(log)
  const lines = chosen === '' ? all : all.filter(({ container }) => container === chosen)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [follows, lines])
  const colors = new Map(members.map(({ Names }, index) => [Names, `var(--berth-chart-${(index % 8) + 1})`]))
  return (
    <div className="berth-pod-logs">
      <div className="berth-chart-bar">
        <SelectField
          label={_('Container')}
          value={chosen}
          onChange={setChosen}
          options={[['', _('All')], ...members.map(({ Names }) => [Names, Names] as const)]}
        />
        <CheckField label={_('Follow')} value={follows} onChange={setFollows} />
      </div>
      <div
        className="berth-log berth-pod-log"
        ref={box}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={_('Logs of the pod')}
      >
        {lines.length === 0 && <p className="berth-quiet">{_('No output yet.')}</p>}
        {lines.map(({ container, time, stream, text }, index) => (
          <div key={`${time} ${index}`} className={stream === 'stderr' ? 'berth-log-line berth-log-error' : 'berth-log-line'}>
            <span className="berth-pod-log-name" style={{ color: colors.get(container) }}>
              {container}
            </span>{' '}
            {text}
          </div>
        ))}
      </div>
    </div>
  )
}
