import { useMemo } from 'react'

import type { Input } from '../../engine/contract/index.ts'
import { useQuery } from '../hooks/route.ts'

/** Kinds of operations to filter by; `session` are logins and ends of sessions. */
export const kinds = [
  'all',
  'session',
  'container',
  'exec',
  'pod',
  'image',
  'registry',
  'manifest',
  'artifact',
  'volume',
  'network',
  'secret',
  'system',
] as const
export type Kind = (typeof kinds)[number]

export const results = ['all', 'ok', 'failed'] as const
export type Result = (typeof results)[number]

/** How far back: durations as the engine takes them. */
export const periods = ['all', '1h', '24h', '168h', '720h'] as const
export type Period = (typeof periods)[number]

/** The filter of the log. */
export interface AuditFilter {
  text: string
  user: string
  kind: Kind
  result: Result
  period: Period
}

/** The filter as the engine's query. */
export function toQuery({ text, user, kind, result, period }: AuditFilter): Pick<Input<'audit.export'>, 'since' | 'filters'> {
  const filters: Record<string, string[]> = {
    ...(text === '' ? {} : { text: [text] }),
    ...(user === '' ? {} : { user: [user] }),
    ...(kind === 'all' ? {} : { operation: [kind] }),
    ...(result === 'all' ? {} : { result: [result] }),
  }
  return { filters, ...(period === 'all' ? {} : { since: period }) }
}

const oneOf = <T extends string>(values: readonly T[], value: T): T => (values.includes(value) ? value : values[0]!)

/** The filter, kept in the URL. */
export function useAuditFilter() {
  const [text, setText] = useQuery('filter', '')
  const [user, setUser] = useQuery('user', '')
  const [kind, setKind] = useQuery<Kind>('kind', 'all')
  const [result, setResult] = useQuery<Result>('result', 'all')
  const [period, setPeriod] = useQuery<Period>('period', 'all')
  const filter = useMemo<AuditFilter>(
    () => ({ text, user, kind: oneOf(kinds, kind), result: oneOf(results, result), period: oneOf(periods, period) }),
    [text, user, kind, result, period],
  )
  const clear = () => {
    setText('')
    setUser('')
    setKind('all')
    setResult('all')
    setPeriod('all')
  }
  const active = Object.values(filter).some((value) => value !== '' && value !== 'all')
  return { filter, active, clear, setText, setUser, setKind, setResult, setPeriod }
}

export type AuditFilters = ReturnType<typeof useAuditFilter>
