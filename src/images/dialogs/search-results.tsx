import { Label } from '@patternfly/react-core/dist/esm/components/Label'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import StarIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-star-fill-icon'

import { formatNumber } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { ImageName } from '../../ui/image-name.tsx'
import { type SearchResult, useRegistrySearch } from '../registries/use-registry-search.ts'

interface SearchResultsProps {
  reference: string
  verify: boolean
  onChoose: (name: string) => void
}

/** Search results for the name that is being typed; one can be selected. */
export function SearchResults({ reference, verify, onChoose }: SearchResultsProps) {
  const { value, error, term } = useRegistrySearch(reference, verify)
  if (term === '') return null
  if (error)
    return <p className="berth-quiet berth-finds-note">{format(_('The search failed: {reason}'), { reason: error.message })}</p>
  if (value === undefined)
    return (
      <p className="berth-quiet berth-finds-note">
        <Spinner isInline aria-hidden /> {_('Searching the registries…')}
      </p>
    )
  if (value.length === 0) return <p className="berth-quiet berth-finds-note">{_('No images found in the search registries.')}</p>
  return (
    <div>
      <p className="berth-quiet berth-finds-note" aria-live="polite">
        {ngettext('{n} image found', '{n} images found', value.length)}
      </p>
      <ul className="berth-finds" aria-label={_('Search results')}>
        {value.map((result) => (
          <SearchResultLine key={`${result.Name} ${result.Tag}`} result={result} onChoose={() => onChoose(result.Name)} />
        ))}
      </ul>
    </div>
  )
}

function SearchResultLine({
  result: { Name, Description, Stars, Official },
  onChoose,
}: {
  result: SearchResult
  onChoose: () => void
}) {
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
