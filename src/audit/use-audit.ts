import { useCallback, useEffect, useRef, useState } from 'react'

import type { AuditRecord } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { keepOpen } from '../engine/connection/retry.ts'
import { type AuditFilter, toQuery } from './audit-filter.ts'

export type { AuditRecord }

/** Records per request, and records kept while new ones arrive. */
const pageSize = 100
const maxRecords = 5000

interface State {
  records?: readonly AuditRecord[]
  error?: EngineError
  /** Whether there may be older records. */
  older?: boolean
}

/** Merges records without duplicates, newest first. */
export function merge(one: readonly AuditRecord[], other: readonly AuditRecord[]): AuditRecord[] {
  const all = new Map([...one, ...other].map((record) => [record.id, record]))
  return [...all.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

/** The newest page, joined with known records only if no gap lies between them: the connection may have been lost for long. */
function withPage({ records: known = [], older }: State, newest: readonly AuditRecord[]): State {
  const last = newest.at(-1)
  const joins = last === undefined || newest.length < pageSize || known.some(({ id }) => id === last.id)
  if (joins) return { records: merge(known, newest), older: older ?? newest.length === pageSize }
  return {
    records: merge(
      known.filter(({ id }) => id > newest[0]!.id),
      newest,
    ),
    older: true,
  }
}

/** The records that match a filter: read in pages, and followed live. */
export function useAudit(filter: AuditFilter) {
  const { engine } = useEngine()
  const [state, setState] = useState<State>({})
  const [attempt, setAttempt] = useState(0)
  const [loading, setLoading] = useState(false)
  const controller = useRef(new AbortController())
  useEffect(() => {
    const stop = new AbortController()
    controller.current = stop
    setState({})
    setLoading(false)
    const query = toQuery(filter)
    const load = async () => {
      try {
        const records = await engine['audit.list']({ ...query, limit: pageSize }, { signal: stop.signal })
        if (!stop.signal.aborted) setState((old) => withPage(old, records))
      } catch (error) {
        if (!stop.signal.aborted) setState((old) => ({ ...old, error: EngineError.from(error) }))
      }
    }
    const close = keepOpen({
      open: (signal) => engine['audit.follow']({ filters: query.filters }, { signal }),
      // Records from before the stream was open are in the list.
      onOpen: () => void load(),
      onLost: () => void load(),
      onItem: (record) =>
        setState((old) => {
          const records = merge([record], old.records ?? [])
          return { records: records.slice(0, maxRecords), older: old.older === true || records.length > maxRecords }
        }),
    })
    return () => {
      stop.abort()
      close()
    }
  }, [engine, filter, attempt])
  const more = async () => {
    const { signal } = controller.current
    const before = state.records?.at(-1)?.id
    setLoading(true)
    try {
      const records = await engine['audit.list']({ ...toQuery(filter), limit: pageSize, before }, { signal })
      if (!signal.aborted) setState((old) => ({ records: merge(old.records ?? [], records), older: records.length === pageSize }))
    } catch (error) {
      if (!signal.aborted) setState((old) => ({ ...old, error: EngineError.from(error) }))
    }
    if (!signal.aborted) setLoading(false)
  }
  return { ...state, loading, more, reload: useCallback(() => setAttempt((count) => count + 1), []) }
}
