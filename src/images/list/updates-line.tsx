import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'

import { EngineError, isErrorCode } from '../../../engine/errors/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { formatList } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { problemText } from '../../i18n/problem.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** The result of the last check for updates. */
export function UpdatesLine() {
  const { data } = useEngine()
  const { byName, checked, checking, error } = useStore(data.updates.state)
  const images = useStore(data.images).items
  if (error)
    return (
      <div className="berth-updates">
        <ErrorAlert title={_('Failed to check for updates')} error={error} onRetry={() => void data.updates.check()} />
      </div>
    )
  if (checked === undefined && !checking) return null
  const ids = new Map((images ?? []).flatMap(({ RepoTags, Id }) => (RepoTags ?? []).map((tag) => [tag, Id] as const)))
  const known = [...byName.values()].filter(({ name, id }) => ids.get(name) === id)
  const newer = known.filter(({ status }) => status === 'newer').length
  // Local images have no registry and are not reported.
  const unknown = known.filter(({ status, name }) => status === 'unknown' && !name.startsWith('localhost/'))
  const checkedAny = known.some(({ status }) => status !== 'unknown')
  return (
    <div className="berth-updates" role="status">
      <span>
        {checking
          ? format(_('Checked {count} of {total} names'), { count: known.length, total: ids.size })
          : newer > 0
            ? ngettext('An update is available for {n} image.', 'Updates are available for {n} images.', newer)
            : unknown.length === 0
              ? _('All images are up to date.')
              : checkedAny && _('All images that could be checked are up to date.')}
      </span>
      {unknown.length > 0 && (
        <ExpandableSection
          toggleText={format(_('Not checked: {names}'), { names: formatList(shorten(unknown.map(({ name }) => name))) })}
          className="berth-unchecked"
        >
          <ul className="berth-list">
            {unknown.map(({ name, reason, code }) => (
              <li key={name}>
                {name}: {reasonText(reason, code)}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      )}
      {!checking && checked !== undefined && (
        <span className="berth-quiet">
          {_('Checked')} <TimeAgo value={checked / 1000} />
        </span>
      )}
    </div>
  )
}

/** Why a name could not be checked, in the language shown. */
function reasonText(reason = '', code = ''): string {
  return isErrorCode(code) ? problemText(new EngineError(code, reason)) : reason
}

const shorten = (names: readonly string[]): string[] =>
  names.length > 3 ? [...names.slice(0, 2), format(_('{count} more'), { count: names.length - 2 })] : [...names]
