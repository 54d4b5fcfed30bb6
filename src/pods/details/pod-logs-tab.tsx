import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import { useEffect, useRef, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _ } from '../../i18n/gettext.ts'
import { SelectField } from '../../ui/dialogs/fields.tsx'
import { createPodLog } from './pod-log.ts'

/** The end of the logs of all a pod's containers, line by line in the order of time. */
export function PodLogsTab({ pod }: { pod: PodSummary }) {
  const members = pod.Containers.filter(({ Id }) => Id !== pod.InfraId)
  const [chosen, setChosen] = useState('')
  const [follows, setFollows] = useState(true)
  return (
    <div className="berth-pod-logs">
      <div className="berth-chart-bar">
        <SelectField
          label={_('Container')}
          value={chosen}
          onChange={setChosen}
          options={[['', _('All')], ...members.map(({ Names }) => [Names, Names] as const)]}
        />
        <Switch label={_('Follow')} isChecked={follows} onChange={(_event, checked) => setFollows(checked)} />
      </div>
      {/* A log that has ended goes on when its container runs again. */}
      <Lines
        key={members.map(({ Id, Status }) => `${Id} ${Status}`).join(' ')}
        members={members}
        chosen={chosen}
        follows={follows}
      />
    </div>
  )
}

interface LinesProps {
  members: PodSummary['Containers']
  /** One container's name; empty for all. */
  chosen: string
  follows: boolean
}

function Lines({ members, chosen, follows }: LinesProps) {
  const { engine } = useEngine()
  const [log] = useState(() => createPodLog(engine, members))
  const all = useStore(log)
  const lines = chosen === '' ? all : all.filter(({ container }) => container === chosen)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [follows, lines])
  const colors = new Map(members.map(({ Names }, index) => [Names, `var(--berth-chart-${(index % 8) + 1})`]))
  return (
    <div className="berth-log berth-pod-log" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={_('Logs of the pod')}>
      {lines.length === 0 && <p className="berth-quiet">{_('No output yet.')}</p>}
      {lines.map(({ container, time, stream, text }, index) => (
        <div key={`${time} ${index}`} className={stream === 'stderr' ? 'berth-log-line berth-log-error' : 'berth-log-line'}>
          <span className="berth-pod-log-name" style={{ borderColor: colors.get(container) }}>
            {container}
          </span>{' '}
          {text}
        </div>
      ))}
    </div>
  )
}
