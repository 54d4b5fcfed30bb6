import type { ReactNode } from 'react'

export type LabelColor = 'blue' | 'green' | 'orange' | 'red' | 'grey'

// The style sheet comes with PatternFly's own label, which other places use.
const modifiers: Record<LabelColor, string> = {
  blue: 'pf-m-blue',
  green: 'pf-m-green',
  orange: 'pf-m-orange',
  red: 'pf-m-red',
  grey: '',
}

/**
 * PatternFly's compact label for rows of long lists. Its own looks at once whether its text is cut, for which the browser has to lay out
 * the page before the next one is made.
 */
export function PlainLabel({ color = 'grey', icon, children }: { color?: LabelColor; icon: ReactNode; children: ReactNode }) {
  return (
    <span className={`pf-v6-c-label pf-m-compact ${modifiers[color]}`.trim()}>
      <span className="pf-v6-c-label__content">
        <span className="pf-v6-c-label__icon">{icon}</span>
        <span className="pf-v6-c-label__text">{children}</span>
      </span>
    </span>
  )
}
