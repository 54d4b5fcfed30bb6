import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

import { _ } from '../../i18n/gettext.ts'

/** A value that can be chosen instead of typed. */
export interface Suggestion {
  readonly value: string
  /** More about it, beside the value. */
  readonly text?: ReactNode
  /** The heading of those that belong together; they follow each other. */
  readonly group?: string
}

interface SuggestInputProps {
  id?: string
  value: string
  onChange: (value: string) => void
  onBlur?: () => void
  /** Those that fit what is typed, best first. */
  suggestions: readonly Suggestion[]
  /** Stays open after a choice: the next part of a path is chosen then. */
  goesOn?: (value: string) => boolean
  /** Below the list, such as that more are being looked for. */
  note?: ReactNode
  placeholder?: string
  required?: boolean
  autoFocus?: boolean
  wrong?: boolean
  label?: string
  describedBy?: string
}

/** A text input with a list of values that can be chosen with the mouse or the arrow keys (the ARIA pattern of a combobox). */
export function SuggestInput(props: SuggestInputProps) {
  const { id, value, onChange, onBlur, suggestions, goesOn, note, placeholder, required, autoFocus, wrong, label, describedBy } =
    props
  const listId = useId()
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const shown = open && (suggestions.length > 0 || note !== undefined)
  const choose = ({ value: chosen }: Suggestion) => {
    onChange(chosen)
    setActive(-1)
    setOpen(goesOn?.(chosen) ?? false)
  }
  const press = (event: KeyboardEvent) => {
    const chosen = shown ? suggestions[active] : undefined
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (suggestions.length > 0) setActive((at) => Math.min(Math.max(at + step, -1), suggestions.length - 1))
    } else if (event.key === 'Enter' && chosen) {
      event.preventDefault()
      choose(chosen)
    } else if (event.key === 'Escape' && shown) {
      // The dialog stays.
      event.stopPropagation()
      setOpen(false)
      setActive(-1)
    }
  }
  return (
    <div className="berth-suggest">
      <TextInput
        id={id}
        value={value}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={shown ? listId : undefined}
        aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
        aria-describedby={describedBy}
        isRequired={required}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck="false"
        autoFocus={autoFocus}
        validated={wrong ? 'error' : 'default'}
        onChange={(_event, text) => {
          onChange(text)
          setActive(-1)
          setOpen(true)
        }}
        onClick={() => setOpen(true)}
        onKeyDown={press}
        onBlur={() => {
          setOpen(false)
          setActive(-1)
          onBlur?.()
        }}
      />
      {shown && <SuggestionList id={listId} suggestions={suggestions} active={active} note={note} onChoose={choose} />}
    </div>
  )
}

interface SuggestionListProps {
  id: string
  suggestions: readonly Suggestion[]
  active: number
  note: ReactNode
  onChoose: (suggestion: Suggestion) => void
}

function SuggestionList({ id, suggestions, active, note, onChoose }: SuggestionListProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Newer browsers return a promise, which an effect must not.
    box.current?.scrollIntoView?.({ block: 'nearest' })
  }, [])
  useEffect(() => {
    if (active >= 0) document.getElementById(`${id}-${active}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [id, active])
  return (
    // A press would take the focus from the input, and with it the list.
    <div
      ref={box}
      className="berth-suggest-box"
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      <ul id={id} role="listbox" aria-label={_('Suggestions')} className="berth-suggest-list">
        {suggestions.map((each, at) => [
          each.group !== undefined && each.group !== suggestions[at - 1]?.group && (
            <li key={`group ${each.group}`} role="presentation" className="berth-suggest-group">
              {each.group}
            </li>
          ),
          <li
            key={`${each.group} ${each.value}`}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            className="berth-suggest-option"
            onClick={() => onChoose(each)}
          >
            <span className="berth-suggest-value">{each.value}</span>
            {each.text !== undefined && <span className="berth-quiet berth-suggest-text">{each.text}</span>}
          </li>,
        ])}
      </ul>
      {note !== undefined && (
        <p className="berth-quiet berth-suggest-note" role="status">
          {note}
        </p>
      )}
    </div>
  )
}
