import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'

import { _, format } from '../lib/gettext.ts'
import { formatNumber } from '../lib/format.ts'

/** Rows drawn at first, and with each step more: thousands at once take a browser many seconds. */
const step = 100

/** The first of many rows, and more of them on demand. `about` is what the rows are about: with another one it begins anew. */
export function useFirstRows<T>(rows: readonly T[], about: string): { shown: readonly T[]; showMore: () => void } {
  const [limit, setLimit] = useState({ about, count: step })
  const count = limit.about === about ? limit.count : step
  return {
    shown: rows.length > count ? rows.slice(0, count) : rows,
    showMore: () => setLimit({ about, count: count + 2 * step }),
  }
}

/** Below a table that is not shown whole: how much of it is, and more. */
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
