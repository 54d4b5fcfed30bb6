import styles from '@patternfly/react-styles/css/components/Label/label'
import type { ReactNode } from 'react'

export type LabelColor = 'blue' | 'green' | 'orange' | 'red' | 'grey'

const modifiers: Record<LabelColor, string> = {
  blue: styles.modifiers.blue,
  green: styles.modifiers.green,
  orange: styles.modifiers.orange,
  red: styles.modifiers.red,
  grey: '',
}

/**
 * PatternFly's compact label for rows of long lists. Its own looks at once whether its text is cut, for which the browser has to lay out
 * the page before the next one is made.
 */
export function PlainLabel({ color = 'grey', icon, children }: { color?: LabelColor; icon: ReactNode; children: ReactNode }) {
  return (
    <span className={`${styles.label} ${styles.modifiers.compact} ${modifiers[color]}`.trim()}>
      <span className={styles.labelContent}>
        <span className={styles.labelIcon}>{icon}</span>
        <span className={styles.labelText}>{children}</span>
      </span>
    </span>
  )
}
