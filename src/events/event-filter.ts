import { useMemo } from 'react'

import type { Event } from '../../engine/contract/index.ts'
import { useQuery } from '../hooks/route.ts'
import { _, C_ } from '../i18n/gettext.ts'

export const kinds = ['all', 'container', 'image', 'pod', 'volume', 'network', 'system'] as const
export type Kind = (typeof kinds)[number]

/** How far back events are shown, as the engine takes it. */
export const periods = ['10m', '1h', '24h', '168h'] as const
export type Period = (typeof periods)[number]

export const kindTitles = (): Record<Kind, string> => ({
  all: C_('events', 'All types'),
  container: _('Containers'),
  image: _('Images'),
  pod: _('Pods'),
  volume: _('Volumes'),
  network: C_('events', 'Networks'),
  system: C_('events', 'System'),
})

export const periodTitles = (): Record<Period, string> => ({
  '10m': C_('events', 'Last 10 minutes'),
  '1h': _('Last hour'),
  '24h': _('Last 24 hours'),
  '168h': _('Last 7 days'),
})

const one = <T extends string>(values: readonly T[], value: string, usual: T): T => values.find((each) => each === value) ?? usual

/** The filter of the page, kept in the URL. */
export function useEventFilter() {
  const [text, setText] = useQuery('filter', '')
  const [kindText, setKind] = useQuery<string>('type', 'all')
  const [periodText, setPeriod] = useQuery<string>('since', '1h')
  const kind = one(kinds, kindText, 'all')
  const period = one(periods, periodText, '1h')
  return useMemo(() => {
    const clear = () => {
      setText('')
      setKind('all')
    }
    return { text, kind, period, setText, setKind, setPeriod, clear, active: text !== '' || kind !== 'all' }
  }, [text, kind, period, setText, setKind, setPeriod])
}

/** Whether an event has all words of a filter, in whatever is shown of it. */
export function matchesText({ Type, Action, Actor }: Event, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const all = [Type, Action, Actor.ID, ...Object.entries(Actor.Attributes).map(([key, value]) => `${key}=${value}`)]
  const shown = all.join(' ').toLowerCase()
  return words.every((word) => shown.includes(word))
}
