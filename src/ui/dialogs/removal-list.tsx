import { formatSize } from '../../i18n/format.ts'

/** One thing that would be removed. */
export interface Removal {
  readonly key: string
  readonly name: string
  /** In full, where the name is short for it. */
  readonly title?: string
  /** Bytes that it frees, where it has any. */
  readonly size?: number
}

/** What would be removed, and what each frees. `label`: what the list is called. */
export function RemovalList({ label, removals }: { label: string; removals: readonly Removal[] }) {
  return (
    <ul className="berth-going" aria-label={label} tabIndex={0}>
      {removals.map(({ key, name, title = name, size }) => (
        <li key={key}>
          <span className="berth-ellipsis" title={title}>
            {name}
          </span>
          {size !== undefined && <span className="berth-quiet berth-number">{formatSize(size)}</span>}
        </li>
      ))}
    </ul>
  )
}
