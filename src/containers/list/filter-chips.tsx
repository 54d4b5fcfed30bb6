import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Label, LabelGroup } from '@patternfly/react-core/dist/esm/components/Label'

import { _, format } from '../../i18n/gettext.ts'
import { filterKinds } from '../filtering.ts'
import { kindTitle, valueTitle } from './filter-titles.ts'
import type { FilterState } from './use-container-filter.ts'

/** The filters in use, each with a button that takes it away. */
export function FilterChips({ filter, toggle, clear }: FilterState) {
  const kinds = filterKinds.filter((kind) => filter[kind].length > 0)
  if (kinds.length === 0) return null
  return (
    <div className="berth-chips" role="group" aria-label={_('Filters')}>
      {kinds.map((kind) => (
        <LabelGroup
          key={kind}
          categoryName={kindTitle[kind]()}
          numLabels={6}
          collapsedText={_('Show more')}
          expandedText={_('Show less')}
        >
          {filter[kind].map((value) => (
            <Label
              key={value}
              isCompact
              variant="outline"
              closeBtnAriaLabel={format(_('Remove filter {name}'), { name: valueTitle(kind, value) })}
              onClose={() => toggle(kind, value)}
            >
              {valueTitle(kind, value)}
            </Label>
          ))}
        </LabelGroup>
      ))}
      <Button variant="link" isInline onClick={clear}>
        {_('Clear all filters')}
      </Button>
    </div>
  )
}
