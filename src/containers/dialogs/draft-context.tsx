import { createContext, type ReactNode, use } from 'react'

import type { FieldErrors } from '../../engine/fields/field.ts'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import type { Draft } from './draft.ts'

/** What the fields of a description share. */
export interface DraftState {
  readonly draft: Draft
  readonly errors: FieldErrors<Draft>
  readonly onChange: (change: Partial<Draft>) => void
  /** Whether the engine can do what a field says. */
  readonly offers: (name: keyof Draft) => boolean
  /** The container itself is changed: what it is called, and where it belongs, stays. */
  readonly editing: boolean
}

/** Provided by the dialog. */
export const DraftContext = createContext<DraftState | null>(null)

/** The description that is being made. */
export function useDraft(): DraftState {
  const state = use(DraftContext)
  if (!state) throw new Error('A field was drawn outside its dialog.')
  return state
}

type NamesOf<T> = { [Name in keyof Draft]: Draft[Name] extends T ? (T extends Draft[Name] ? Name : never) : never }[keyof Draft]

interface DraftTextProps {
  field: NamesOf<string>
  label: string
  placeholder?: string
  help?: ReactNode
}

/** A text of the description; nothing where the engine cannot do it. */
export function DraftText({ field, ...rest }: DraftTextProps) {
  const { draft, errors, onChange, offers } = useDraft()
  if (!offers(field)) return null
  return <TextField {...rest} value={draft[field]} onChange={(value) => onChange({ [field]: value })} error={errors[field]} />
}

interface DraftCheckProps {
  field: NamesOf<boolean>
  label: string
  help?: string
}

/** A switch of the description. */
export function DraftCheck({ field, ...rest }: DraftCheckProps) {
  const { draft, onChange, offers } = useDraft()
  if (!offers(field)) return null
  return <CheckField {...rest} value={draft[field]} onChange={(value) => onChange({ [field]: value })} />
}

interface DraftSelectProps {
  field: NamesOf<string> | 'health' | 'pull' | 'restart'
  label: string
  options: readonly (readonly [value: string, label: string])[]
  help?: ReactNode
}

/** A choice of the description; a value that is none of the options is one more. */
export function DraftSelect({ field, options, ...rest }: DraftSelectProps) {
  const { draft, onChange, offers } = useDraft()
  if (!offers(field)) return null
  const value = draft[field]
  const known = options.some(([key]) => key === value)
  return (
    <SelectField
      {...rest}
      value={value}
      options={known ? options : [...options, [value, value] as const]}
      onChange={(next) => onChange({ [field]: next })}
    />
  )
}
