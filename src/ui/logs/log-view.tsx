import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { useDebounced } from '../../hooks/use-debounced.ts'
import { useQuery } from '../../hooks/route.ts'
import { useKept } from '../../hooks/use-kept.ts'
import { useStore } from '../../hooks/use-store.ts'
import { formatNumber } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { ErrorAlert } from '../dialogs/error-alert.tsx'
import { type LineScroller, VirtualLines } from '../virtual-lines.tsx'
import { isBadQuery } from './host-search.ts'
import { LogDownload, type LogDownloader } from './log-download.tsx'
import { LogRow } from './log-row.tsx'
import { LogSearch } from './log-search.tsx'
import { type LogQuery, type LogSource, type LogState, type LogTimes, type Matches, noQuery } from './log-source.ts'
import { type ChosenTimes, TimeRangeSelect, timesOf } from './time-range.tsx'

const typingPause = 250
const lineHeight = 20

interface LogViewProps {
  /** What is shown, for screen readers. */
  label: string
  /** Makes the log of chosen times; another function is another log. */
  open: (times: LogTimes) => LogSource
  /** Changes when what writes the log is started again. */
  startedAt: number | string
  /** It will go on, though it has ended for now. */
  goesOn?: boolean
  /** Whether it can be searched for regular expressions. */
  expressions: boolean
  /** The name, without its ending, of the file that it is downloaded as, and how. */
  fileName: string
  download: LogDownloader
  /** Controls before those of the log. */
  children?: ReactNode
}

/** A log: all of it that its source has, from both ends, live. */
export function LogView(props: LogViewProps) {
  const { label, open, startedAt, goesOn = false, expressions, fileName, download, children } = props
  const [attempt, setAttempt] = useState(0)
  const [chosen, setChosen] = useState<ChosenTimes>({ range: 'all', since: '', until: '' })
  const times = useTimes(chosen)
  const [query, setQuery] = useLogQuery()
  const [timestamps, setTimestamps] = useKept('log-times', true)
  const [wrap, setWrap] = useKept('log-wrap', true)
  const [follow, setFollow] = useState(true)
  // oxlint-disable-next-line react/exhaustive-deps -- another attempt reads it again
  const source = useMemo(() => open(times), [open, times, attempt])
  useStarts(source, startedAt)
  const search = useSearch(source, query, setFollow)
  const state = useStore(source.state)
  return (
    <div className="berth-logs">
      <Toolbar className="berth-toolbar">
        <ToolbarContent>
          {children}
          <ToolbarItem className="berth-search">
            <LogSearch
              query={query}
              onChange={setQuery}
              matches={search.matches}
              position={search.position}
              onGo={search.go}
              expressions={expressions}
            />
          </ToolbarItem>
          <ToolbarItem>
            <TimeRangeSelect value={chosen} onChange={setChosen} />
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <LogDownload name={fileName} download={download} times={times} timestamps={timestamps} />
          </ToolbarItem>
          <ToolbarItem className="berth-log-switches">
            <Switch label={_('Follow')} isChecked={follow} onChange={(_event, checked) => setFollow(checked)} />
            <Switch label={_('Timestamps')} isChecked={timestamps} onChange={(_event, checked) => setTimestamps(checked)} />
            <Switch label={_('Wrap lines')} isChecked={wrap} onChange={(_event, checked) => setWrap(checked)} />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {state.error && (
        <ErrorAlert title={_('Failed to read the log')} error={state.error} onRetry={() => setAttempt(attempt + 1)} />
      )}
      {search.matches.error && !isBadQuery(search.matches.error) && (
        <ErrorAlert title={_('Failed to search the log')} error={search.matches.error} />
      )}
      <Lines
        label={label}
        source={source}
        state={state}
        scroller={search.scroller}
        current={search.current}
        look={{ timestamps, wrap, follow }}
        onFollow={setFollow}
      />
      <p className="berth-quiet berth-logs-sum" role="status">
        {sumOf(state, query, search.matches, goesOn)}
      </p>
    </div>
  )
}

/** The moments of the chosen time, which do not move while it is shown. */
function useTimes(chosen: ChosenTimes) {
  const { range, since, until } = useDebounced(chosen, typingPause)
  // A custom range that says nothing yet is all times.
  const meant = range === 'custom' && since === '' && until === '' ? 'all' : range
  return useMemo(() => timesOf({ range: meant, since, until }, Date.now()), [meant, since, until])
}

/** What is looked for, kept in the URL. */
function useLogQuery(): [LogQuery, (query: LogQuery) => void] {
  const [text, setText] = useQuery('search', noQuery.query)
  const [exact, setExact] = useQuery<'yes' | 'no'>('case', 'no')
  const [regex, setRegex] = useQuery<'yes' | 'no'>('regex', 'no')
  const query = useMemo(() => ({ query: text, case: exact === 'yes', regex: regex === 'yes' }), [text, exact, regex])
  const set = (next: LogQuery) => {
    setText(next.query)
    setExact(next.case ? 'yes' : 'no')
    setRegex(next.regex ? 'yes' : 'no')
  }
  return [query, set]
}

/** Follows the log again after a restart, with what is in sight. */
function useStarts(source: LogSource, startedAt: number | string): void {
  const known = useRef(startedAt)
  useEffect(() => {
    if (known.current === startedAt) return
    known.current = startedAt
    source.followAgain()
  }, [source, startedAt])
}

/** Searches as one types, and goes from match to match. */
function useSearch(source: LogSource, query: LogQuery, setFollow: (follow: boolean) => void) {
  const settled = useDebounced(query, typingPause)
  useEffect(() => source.search(settled), [source, settled])
  const matches = useStore(source.matches)
  const [current, setCurrent] = useState<number>()
  const scroller = useRef<LineScroller>(null)
  useEffect(() => setCurrent(undefined), [source, settled])
  const first = useStore(source.state).first
  const go = (position: number) => {
    const line = matches.lines[position]
    if (line === undefined) return
    setFollow(false)
    setCurrent(line)
    scroller.current?.show(line - first)
  }
  const position = current === undefined ? -1 : matches.lines.indexOf(current)
  return { matches, current, position, go, scroller }
}

interface LinesProps {
  label: string
  source: LogSource
  state: LogState
  scroller: React.RefObject<LineScroller | null>
  /** The line of the match that one has gone to. */
  current: number | undefined
  look: { timestamps: boolean; wrap: boolean; follow: boolean }
  onFollow: (follow: boolean) => void
}

function Lines({ label, source, state, scroller, current, look, onFollow }: LinesProps) {
  const { first, end, loaded, ended } = state
  const range = useRef({ from: 0, to: 0 })
  const onRange = useCallback(
    (from: number, to: number) => {
      range.current = { from, to }
      source.want(source.state.get().first + from, source.state.get().first + to)
    },
    [source],
  )
  // Every change may have made lines miss: others have come, or the marks are those of another search.
  useEffect(() => {
    const { from, to } = range.current
    source.want(first + from, first + to)
  }, [source, state, first])
  return (
    <VirtualLines
      className={look.wrap ? 'berth-log' : 'berth-log berth-log-nowrap'}
      label={label}
      count={end - first}
      lineHeight={lineHeight}
      line={(index) => (
        <LogRow
          key={first + index}
          line={source.line(first + index)}
          times={look.timestamps}
          current={first + index === current}
        />
      )}
      onRange={onRange}
      follow={look.follow}
      onFollow={onFollow}
      ref={scroller}
      empty={<div className="berth-quiet">{!loaded ? _('Loading') : ended ? _('No output.') : _('No output yet.')}</div>}
    />
  )
}

function sumOf({ first, end, ended, cut, error }: LogState, { query }: LogQuery, matches: Matches, goesOn: boolean): string {
  const lines = format(ngettext('{n} line', '{n} lines', end - first), { n: formatNumber(end - first) })
  const parts = [lines]
  if (cut) parts.push(_('Earlier lines are not shown.'))
  if (query !== '' && !matches.searching && !matches.error && matches.lines.length === 0)
    parts.push(_('No line matches the search.'))
  if (ended && !error && !goesOn) parts.push(_('The log has ended.'))
  return parts.join(' · ')
}
