import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import StarIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-star-fill-icon'

import { formatNumber } from '../../lib/format.ts'
import { _, format, ngettext } from '../../lib/gettext.ts'
import { ImageName } from '../../ui/image-name.tsx'
import { type Find, useFinds } from '../remote-names.ts'

interface FindsProps {
  reference: string
  verify: boolean
  onChoose: (name: string) => void
}

/** What registries find for a name while it is typed; one of them can be taken. */
export function Finds({ reference, verify, onChoose }: FindsProps) {
  const { value, error, term } = useFinds(reference, verify)
  if (term === '') return null
  if (error)
    return (
      <p className="berth-quiet berth-finds-note">
        {format(_('It cannot be searched for: {reason}'), { reason: error.message })}
      </p>
    )
  if (value === undefined)
    return (
      <p className="berth-quiet berth-finds-note">
        <Spinner isInline aria-hidden /> {_('Searching the registries…')}
      </p>
    )
  if (value.length === 0)
    return <p className="berth-quiet berth-finds-note">{_('No registry that is searched has one of that name.')}</p>
  return (
    <div>
      <p className="berth-quiet berth-finds-note" aria-live="polite">
        {ngettext('{n} found', '{n} found', value.length)}
      </p>
      <ul className="berth-finds" aria-label={_('Found at registries')}>
        {value.map((find) => (
          <FindLine key={`${find.Name} ${find.Tag}`} find={find} onChoose={() => onChoose(find.Name)} />
        ))}
      </ul>
    </div>
  )
}

function FindLine({ find: { Name, Description, Stars, Official }, onChoose }: { find: Find; onChoose: () => void }) {
  return (
    <li>
      <button type="button" className="berth-find" onClick={onChoose}>
        <span className="berth-find-name">
          <ImageName name={Name} />
          <span className="berth-quiet berth-find-marks">
            {Official !== '' && (
              <Label isCompact color="blue">
                {_('Official')}
              </Label>
            )}
            {Stars > 0 && (
              <span title={ngettext('{n} star', '{n} stars', Stars)}>
                <StarIcon /> {formatNumber(Stars)}
              </span>
            )}
          </span>
        </span>
        {Description !== '' && <span className="berth-quiet berth-find-text">{Description}</span>}
      </button>
    </li>
  )
}
