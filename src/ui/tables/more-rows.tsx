import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import { formatNumber } from '../../i18n/format.ts'

/** Rows rendered at first, and added with each step: rendering thousands takes seconds. */
const step = 100

/** The first rows of a long list, and more on demand. A new `about` starts again. */
export function useFirstRows<T>(rows: readonly T[], about: string): { shown: readonly T[]; showMore: () => void } {
  const [limit, setLimit] = useState({ about, count: step })
  const count = limit.about === about ? limit.count : step
  return {
    shown: rows.length > count ? rows.slice(0, count) : rows,
    showMore: () => setLimit({ about, count: count + 2 * step }),
  }
}

/** The footer of a partly shown table, with a button for more rows. */
export function MoreRows({ shown, all, onMore }: { shown: number; all: number; onMore: () => void }) {
  if (shown >= all) return null
  return (
    <div className="berth-more-rows">
      <span className="berth-quiet">
        {format(_('{shown} of {all} are shown.'), { shown: formatNumber(shown), all: formatNumber(all) })}
      </span>
      <Button variant="link" isInline onClick={onMore}>
        {_('Show more')}
      </Button>
    </div>
  )
}
