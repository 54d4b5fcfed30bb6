import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import { Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core/dist/esm/components/Toolbar'
import { DownloadIcon } from '@patternfly/react-icons/dist/esm/icons/download-icon'
import { memo, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'

import { parseAnsi, plainText } from '../../ui/terminal/ansi.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, ngettext } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { createLog, type LogLine } from './log-store.ts'
import { nameOf } from '../../engine/container-summary.ts'

/** The output of a container, live. */
export function LogsTab({ container }: { container: ContainerSummary }) {
  const { engine } = useEngine()
  const [timestamps, setTimestamps] = useState(false)
  const [follow, setFollow] = useState(true)
  const [filter, setFilter] = useState('')
  const [attempt, setAttempt] = useState(0)
  const { Id } = container
  const store = useMemo(() => createLog(engine, Id, { timestamps, attempt }), [engine, Id, timestamps, attempt])
  const { lines, ended, error } = useStore(store)
  const word = filter.toLowerCase()
  const shown = useMemo(
    () => (word === '' ? lines : lines.filter(({ text }) => plainText(text).toLowerCase().includes(word))),
    [lines, word],
  )
  return (
    <div className="berth-logs">
      <Toolbar className="berth-toolbar">
        <ToolbarContent>
          <ToolbarItem className="berth-search">
            <SearchInput
              value={filter}
              onChange={(_event, text) => setFilter(text)}
              onClear={() => setFilter('')}
              placeholder={_('Search the log…')}
              aria-label={_('Search the log')}
              resetButtonLabel={_('Clear')}
              resultsCount={word === '' ? undefined : String(shown.length)}
            />
          </ToolbarItem>
          <ToolbarItem className="berth-toolbar-text">
            <Switch label={_('Follow')} isChecked={follow} onChange={(_event, checked) => setFollow(checked)} />
          </ToolbarItem>
          <ToolbarItem className="berth-toolbar-text">
            <Switch label={_('Timestamps')} isChecked={timestamps} onChange={(_event, checked) => setTimestamps(checked)} />
          </ToolbarItem>
          <ToolbarItem align={{ default: 'alignEnd' }}>
            <Button variant="secondary" icon={<DownloadIcon />} onClick={() => download(nameOf(container), lines)}>
              {_('Download')}
            </Button>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {error && <ErrorAlert title={_('Failed to read the log')} error={error} onRetry={() => setAttempt(attempt + 1)} />}
      <Lines lines={shown} follow={follow} onFollow={setFollow} empty={emptyText(lines.length, word, ended)} />
      <p className="berth-quiet berth-logs-sum">
        {ngettext('{n} line', '{n} lines', shown.length)}
        {ended && !error ? ` · ${_('The log has ended.')}` : ''}
      </p>
    </div>
  )
}

function emptyText(count: number, word: string, ended: boolean): string {
  if (count > 0 && word !== '') return _('No line matches the search.')
  return ended ? _('No output.') : _('No output yet.')
}

interface LinesProps {
  lines: readonly LogLine[]
  follow: boolean
  onFollow: (follow: boolean) => void
  empty: string
}

function Lines({ lines, follow, onFollow, empty }: LinesProps) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines, follow])
  useFollowByScrolling(box, onFollow)
  return (
    <div ref={box} className="berth-log" role="log" aria-label={_('Log')} aria-live="off" tabIndex={0}>
      {lines.length === 0 && <div className="berth-quiet">{empty}</div>}
      {lines.map((line) => (
        <Line key={line.number} line={line} />
      ))}
    </div>
  )
}

/** Scrolling up stops following; scrolling to the end resumes it. */
function useFollowByScrolling(box: RefObject<HTMLDivElement | null>, onFollow: (follow: boolean) => void): void {
  useEffect(() => {
    const element = box.current
    if (!element) return
    let last = element.scrollTop
    const scrolled = () => {
      const up = element.scrollTop < last
      last = element.scrollTop
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 8
      if (atEnd) onFollow(true)
      else if (up) onFollow(false)
    }
    element.addEventListener('scroll', scrolled, { passive: true })
    return () => element.removeEventListener('scroll', scrolled)
  }, [box, onFollow])
}

const Line = memo(function Line({ line }: { line: LogLine }) {
  return (
    <div className={line.stream === 'stderr' ? 'berth-log-line berth-log-error' : 'berth-log-line'}>
      {parseAnsi(line.text).map(({ text, color, bold }, index) => (
        <span
          key={index}
          className={[color && `berth-ansi-${color}`, bold && 'berth-ansi-bold'].filter(Boolean).join(' ') || undefined}
        >
          {text}
        </span>
      ))}
    </div>
  )
})

function download(name: string, lines: readonly LogLine[]): void {
  const text = lines.map((line) => `${plainText(line.text)}\n`).join('')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = `${name}.log`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
