import { useEffect, useState } from 'react'

import type { Event } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { C_ } from '../../i18n/gettext.ts'
import type { ChartMark } from '../../ui/charts/chart-props.ts'

/** The marks that are drawn at most: the latest. */
const maxMarks = 60

/** The events of a container since a time in seconds, recorded and live, as marks for its charts. */
export function useMarks(id: string, since: number): readonly ChartMark[] {
  const { engine, data } = useEngine()
  const [marks, setMarks] = useState<readonly ChartMark[]>([])
  useEffect(() => {
    const stop = new AbortController()
    const add = (more: readonly ChartMark[]) => setMarks((old) => together(old, more))
    setMarks([])
    void readMarks(engine, id, since, stop.signal).then(add)
    const unsubscribe = data.events.subscribe((change) => {
      if (change !== 'resync' && change.Type === 'container' && change.Actor.ID === id) add(toMarks(change))
    })
    return () => {
      stop.abort()
      unsubscribe()
    }
  }, [engine, data, id, since])
  return marks
}

async function readMarks(
  engine: ReturnType<typeof useEngine>['engine'],
  id: string,
  since: number,
  signal: AbortSignal,
): Promise<readonly ChartMark[]> {
  const marks: ChartMark[] = []
  try {
    const input = { stream: false, since: String(since), filters: { container: [id] } }
    for await (const event of await engine['system.events'](input, { signal })) marks.push(...toMarks(event))
  } catch {
    // The charts are worth seeing without them.
  }
  return signal.aborted ? [] : marks
}

function toMarks({ Action, timeNano }: Event): ChartMark[] {
  const look = looks()[Action]
  return look ? [{ time: timeNano / 1e6, ...look }] : []
}

const looks = (): Readonly<Record<string, Omit<ChartMark, 'time'>>> => ({
  start: { name: C_('event', 'Started'), tone: 'good' },
  died: { name: C_('event', 'Exited'), tone: 'bad' },
  oom: { name: C_('event', 'Out of memory'), tone: 'bad' },
  pause: { name: C_('event', 'Paused'), tone: 'plain' },
  unpause: { name: C_('event', 'Resumed'), tone: 'plain' },
  update: { name: C_('event', 'Updated'), tone: 'plain' },
  checkpoint: { name: C_('event', 'Checkpointed'), tone: 'plain' },
  restore: { name: C_('event', 'Restored'), tone: 'good' },
})

function together(old: readonly ChartMark[], more: readonly ChartMark[]): readonly ChartMark[] {
  const byKey = new Map([...old, ...more].map((mark) => [`${mark.time} ${mark.name}`, mark]))
  return [...byKey.values()].toSorted((a, b) => a.time - b.time).slice(-maxMarks)
}
