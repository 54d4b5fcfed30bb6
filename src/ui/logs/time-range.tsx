import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'

import { _ } from '../../i18n/gettext.ts'
import type { LogTimes } from './log-source.ts'

/** Seconds before now, everything, or moments of one's own. */
export type TimeRange = 'all' | '300' | '3600' | '86400' | 'custom'

/** What of a log is shown. `since` and `until`: local times as an input of the browser has them. */
export interface ChosenTimes {
  readonly range: TimeRange
  readonly since: string
  readonly until: string
}

/** The moments of a choice that was made at `now`, milliseconds since 1970. */
export function timesOf({ range, since, until }: ChosenTimes, now: number): LogTimes {
  if (range === 'all') return {}
  if (range !== 'custom') return { since: new Date(now - Number(range) * 1000).toISOString() }
  const moment = (text: string) => {
    const time = new Date(text)
    return text === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
  }
  const [from, to] = [moment(since), moment(until)]
  return { ...(from ? { since: from } : {}), ...(to ? { until: to } : {}) }
}

/** Chooses a time. */
export function TimeRangeSelect({ value, onChange }: { value: ChosenTimes; onChange: (value: ChosenTimes) => void }) {
  const { range, since, until } = value
  const options: [TimeRange, string][] = [
    ['all', _('All times')],
    ['300', _('Last 5 minutes')],
    ['3600', _('Last hour')],
    ['86400', _('Last 24 hours')],
    ['custom', _('Custom range')],
  ]
  return (
    <div className="berth-log-times">
      <FormSelect
        value={range}
        onChange={(_event, next) => onChange({ ...value, range: next as TimeRange })}
        aria-label={_('Time range')}
      >
        {options.map(([key, label]) => (
          <FormSelectOption key={key} value={key} label={label} />
        ))}
      </FormSelect>
      {range === 'custom' && (
        <>
          <label>
            <span>{_('Since')}</span>
            <TextInput
              type="datetime-local"
              step="1"
              value={since}
              aria-label={_('Since')}
              onChange={(_event, text) => onChange({ ...value, since: text })}
            />
          </label>
          <label>
            <span>{_('Until')}</span>
            <TextInput
              type="datetime-local"
              step="1"
              value={until}
              aria-label={_('Until')}
              onChange={(_event, text) => onChange({ ...value, until: text })}
            />
          </label>
        </>
      )}
    </div>
  )
}
