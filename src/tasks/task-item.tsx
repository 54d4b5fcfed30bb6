import { Progress, ProgressSize } from '@patternfly/react-core/dist/esm/components/Progress'
import { useRef } from 'react'

import type { Task } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { failureOf } from '../engine/tasks/task-feed.ts'
import { bytesOf, createRate, shareOf } from '../engine/transfers/transfer.ts'
import { formatPercent, formatRate, formatSize } from '../i18n/format.ts'
import { _, format } from '../i18n/gettext.ts'
import { useToasts } from '../ui/toasts.tsx'
import { Entry } from './entry.tsx'
import { Outcome } from './outcome.tsx'
import { resultText, taskTitle } from './titles.ts'

/** One task: progress while it runs, then its result or error, with its times. `onRemove`: it goes, and the focus with it. */
export function TaskItem({ task, onRemove }: { task: Task; onRemove: () => void }) {
  const { engine } = useEngine()
  const { failure } = useToasts()
  const title = taskTitle(task)
  const { State: state, Started, Ended } = task
  const running = state === 'running'
  const remove = () => {
    onRemove()
    engine['task.cancel']({ id: task.Id }).catch((error: unknown) =>
      failure(running ? _('Failed to cancel the task') : _('Failed to remove the task from the list'), error),
    )
  }
  const ended = Ended === undefined ? undefined : Date.parse(Ended)
  return (
    <Entry title={title} state={state} started={Date.parse(Started)} ended={ended} onRemove={remove}>
      {running ? (
        <TaskProgress task={task} title={title} />
      ) : (
        <Outcome text={resultText(task)} error={state === 'failed' ? failureOf(task) : undefined} />
      )}
    </Entry>
  )
}

function TaskProgress({ task, title }: { task: Task; title: string }) {
  const state = { layers: task.Layers, lines: task.Lines, rate: 0, id: undefined, digest: undefined }
  const { current, total } = bytesOf(state)
  const rateOf = useRef(createRate())
  const last = useRef({ task, rate: 0 })
  if (last.current.task !== task) last.current = { task, rate: rateOf.current(Date.now(), current) }
  if (task.Layers.length === 0) return <>{task.Lines.at(-1) ?? ''}</>
  const percent = shareOf(state) * 100
  return (
    <>
      <Progress aria-label={title} size={ProgressSize.sm} value={percent} label={formatPercent(percent)} />
      <span className="berth-tasks-sum">
        <span>{format(_('{current} of {total}'), { current: formatSize(current), total: formatSize(total) })}</span>
        {current < total && <span>{formatRate(last.current.rate)}</span>}
      </span>
    </>
  )
}
