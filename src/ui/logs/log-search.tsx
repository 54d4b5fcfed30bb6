import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { SearchInput } from '@patternfly/react-core/dist/esm/components/SearchInput'

import { useId } from 'react'

import { formatNumber } from '../../i18n/format.ts'
import { _ } from '../../i18n/gettext.ts'
import { problemText } from '../../i18n/problem.ts'
import { isBadQuery } from './host-search.ts'
import type { LogQuery, Matches } from './log-source.ts'

interface LogSearchProps {
  query: LogQuery
  onChange: (query: LogQuery) => void
  matches: Matches
  /** Which match one has gone to, from 0; -1: none. */
  position: number
  onGo: (position: number) => void
  /** Whether expressions are understood. */
  expressions: boolean
}

/** What is looked for, and how many lines have it; Enter goes to the next, Shift+Enter to the one before. */
export function LogSearch({ query, onChange, matches, position, onGo, expressions }: LogSearchProps) {
  const count = matches.lines.length
  const some = query.query !== ''
  const go = (step: number) => count > 0 && onGo((position + step + count) % count)
  const id = useId()
  const wrong = matches.error && isBadQuery(matches.error) ? matches.error : undefined
  const place = position < 0 ? '' : `${formatNumber(position + 1)} / `
  return (
    <div className="berth-log-search">
      <SearchInput
        className={wrong && 'pf-m-error'}
        inputProps={wrong && { 'aria-invalid': true, 'aria-describedby': id }}
        value={query.query}
        onChange={(_event, text) => onChange({ ...query, query: text })}
        onClear={() => onChange({ ...query, query: '' })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          go(event.shiftKey ? -1 : 1)
        }}
        resultsCountContext={` ${_('matching lines')}`}
        placeholder={_('Search the log…')}
        aria-label={_('Search the log')}
        resetButtonLabel={_('Clear')}
        nextNavigationButtonAriaLabel={_('Next match')}
        previousNavigationButtonAriaLabel={_('Previous match')}
        isPreviousNavigationButtonDisabled={count === 0}
        isNextNavigationButtonDisabled={count === 0}
        {...(some
          ? {
              resultsCount: `${place}${formatNumber(count)}${matches.more || matches.searching ? '+' : ''}`,
              onNextClick: () => go(1),
              onPreviousClick: () => go(-1),
            }
          : {})}
      />
      <Toggle label={_('Match case')} text="Aa" on={query.case} onChange={(on) => onChange({ ...query, case: on })} />
      {expressions && (
        <Toggle label={_('Regular expression')} text=".*" on={query.regex} onChange={(on) => onChange({ ...query, regex: on })} />
      )}
      {wrong && (
        <HelperText className="berth-log-search-wrong">
          <HelperTextItem id={id} variant="error" screenReaderText="" title={wrong.message}>
            {query.regex ? _('This is not a valid regular expression.') : problemText(wrong)}
          </HelperTextItem>
        </HelperText>
      )}
    </div>
  )
}

interface ToggleProps {
  label: string
  text: string
  on: boolean
  onChange: (on: boolean) => void
}

function Toggle({ label, text, on, onChange }: ToggleProps) {
  return (
    <Button
      variant="plain"
      isClicked={on}
      aria-pressed={on}
      aria-label={label}
      title={label}
      className={on ? 'berth-log-toggle berth-log-toggle-on' : 'berth-log-toggle'}
      onClick={() => onChange(!on)}
    >
      {text}
    </Button>
  )
}
