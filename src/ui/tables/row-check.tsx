interface RowCheckProps {
  id: string
  /** The accessible name. */
  label: string
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** The box that chooses a row. What a finger can hit is larger than the box. */
export function RowCheck({ id, label, checked, disabled, onChange }: RowCheckProps) {
  return (
    <label className="berth-row-check" htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        className="pf-v6-c-check__input"
        aria-label={label}
        checked={checked}
        disabled={disabled}
        onChange={({ target }) => onChange(target.checked)}
      />
    </label>
  )
}
