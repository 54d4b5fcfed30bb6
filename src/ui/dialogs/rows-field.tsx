import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { FormFieldGroup, FormFieldGroupHeader } from '@patternfly/react-core/dist/esm/components/Form'
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import RemoveIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-icon'
import { type ComponentType, type ReactNode, useId, useState } from 'react'

import type { RowError } from '../../engine/fields/field.ts'
import { format, _ } from '../../i18n/gettext.ts'

/** One input of each row; with `options` a select. */
export interface Column<K extends string> {
  readonly key: K
  readonly label: string
  readonly placeholder?: string
  readonly options?: readonly (readonly [value: string, label: string])[]
  readonly narrow?: boolean
  /** Its input, where a text or a choice is not all. */
  readonly Input?: ComponentType<CellInputProps<K>>
}

/** What an input of a row gets. */
export interface CellInputProps<K extends string> {
  value: string
  row: Record<K, string>
  label: string
  placeholder?: string
  wrong: boolean
  /** The id of the message about it. */
  describedBy: string | undefined
  onChange: (value: string) => void
}

interface RowsFieldProps<K extends string> extends Rows<Record<K, string>> {
  title: string
  columns: readonly Column<K>[]
  add: string
  empty: Record<K, string>
  /** Further buttons beside the one that adds a row. */
  actions?: ReactNode
  /** Below the heading. */
  help?: ReactNode
}

/** What a field of rows needs of its dialog. */
export interface Rows<R> {
  rows: readonly R[]
  onChange: (rows: readonly R[]) => void
  /** What is wrong with each row. */
  errors: readonly (RowError | undefined)[]
}

/** Any number of rows of the same few values under one set of headings: variables, ports, volumes. */
export function RowsField<K extends string>(props: RowsFieldProps<K>) {
  const { title, columns, rows, onChange, errors, add, empty, actions, help } = props
  const id = useId()
  const change = (at: number, key: K, value: string) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, [key]: value } : row)))
  return (
    <FormFieldGroup
      className="berth-rows"
      header={
        <FormFieldGroupHeader
          titleText={{ text: title, id: `${id}-title` }}
          actions={
            <>
              {actions}
              <Button variant="link" icon={<PlusIcon />} onClick={() => onChange([...rows, empty])}>
                {add}
              </Button>
            </>
          }
        />
      }
    >
      {help}
      {rows.length > 0 && (
        <div className="berth-row-inputs berth-row-headings" aria-hidden="true">
          {columns.map(({ key, label, narrow }) => (
            <div key={key} className={narrow ? 'berth-row-narrow' : 'berth-row-wide'}>
              {label}
            </div>
          ))}
        </div>
      )}
      {rows.map((row, index) => (
        <Row
          // Rows have no key, and only their values are rendered.
          key={index}
          number={index + 1}
          title={title}
          columns={columns}
          row={row}
          error={errors[index]}
          onChange={(key, value) => change(index, key, value)}
          onRemove={() => onChange(rows.toSpliced(index, 1))}
        />
      ))}
    </FormFieldGroup>
  )
}

interface RowProps<K extends string> {
  number: number
  title: string
  columns: readonly Column<K>[]
  row: Record<K, string>
  error: RowError | undefined
  onChange: (key: K, value: string) => void
  onRemove: () => void
}

function Row<K extends string>({ number, title, columns, row, error, onChange, onRemove }: RowProps<K>) {
  const id = useId()
  // While the focus is in the row, what is missing may still come.
  const [touched, setTouched] = useState<'typed' | 'left'>()
  const wrong = touched === 'left' ? error : undefined
  const change = (key: K, value: string) => {
    setTouched((before) => before ?? 'typed')
    onChange(key, value)
  }
  return (
    <div
      className="berth-row"
      role="group"
      aria-label={format('{title} {number}', { title, number })}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setTouched((before) => before && 'left')
      }}
    >
      <div className="berth-row-inputs">
        {columns.map((column) => (
          <Cell
            key={column.key}
            column={column}
            row={row}
            wrong={wrong?.cells.includes(column.key) ?? false}
            helpId={`${id}-help`}
            onChange={(value) => change(column.key, value)}
          />
        ))}
        <Button
          variant="plain"
          icon={<RemoveIcon />}
          aria-label={format(_('Remove {title} {number}'), { title, number })}
          onClick={onRemove}
        />
      </div>
      {wrong && (
        <HelperText>
          <HelperTextItem id={`${id}-help`} variant="error" screenReaderText="">
            {wrong.message}
          </HelperTextItem>
        </HelperText>
      )}
    </div>
  )
}

interface CellProps<K extends string> {
  column: Column<K>
  row: Record<K, string>
  wrong: boolean
  /** The id of the message about it. */
  helpId: string
  onChange: (value: string) => void
}

function Cell<K extends string>({ column, row, wrong, helpId, onChange }: CellProps<K>) {
  const { key, label, placeholder, options, narrow, Input } = column
  const value = row[key]
  const describedBy = wrong ? helpId : undefined
  return (
    <div className={narrow ? 'berth-row-narrow' : 'berth-row-wide'}>
      {/* Where there is no room for headings above all rows. */}
      <span className="berth-row-label" aria-hidden="true">
        {label}
      </span>
      {Input ? (
        <Input
          value={value}
          row={row}
          label={label}
          placeholder={placeholder}
          wrong={wrong}
          describedBy={describedBy}
          onChange={onChange}
        />
      ) : options ? (
        <FormSelect value={value} aria-label={label} onChange={(_event, next) => onChange(next)}>
          {options.map(([key, text]) => (
            <FormSelectOption key={key} value={key} label={text} />
          ))}
        </FormSelect>
      ) : (
        <TextInput
          value={value}
          aria-label={label}
          placeholder={placeholder}
          validated={wrong ? 'error' : 'default'}
          aria-describedby={describedBy}
          autoCapitalize="none"
          spellCheck="false"
          onChange={(_event, next) => onChange(next)}
        />
      )}
    </div>
  )
}
