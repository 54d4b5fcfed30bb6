import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { FormFieldGroup, FormFieldGroupHeader } from '@patternfly/react-core/dist/esm/components/Form'
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import RemoveIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-icon'
import { useId, useState } from 'react'

import { format, _ } from '../../i18n/gettext.ts'

/** One input of each row; with `options` a select. */
export interface Column<K extends string> {
  readonly key: K
  readonly label: string
  readonly placeholder?: string
  readonly options?: readonly (readonly [value: string, label: string])[]
  readonly narrow?: boolean
}

interface RowsFieldProps<K extends string> extends Rows<Record<K, string>> {
  title: string
  columns: readonly Column<K>[]
  add: string
  empty: Record<K, string>
}

/** What a field of rows needs of its dialog. */
export interface Rows<R> {
  rows: readonly R[]
  onChange: (rows: readonly R[]) => void
  /** What is wrong with each row. */
  errors: readonly (string | undefined)[]
}

/** Any number of rows of the same few values: variables, ports, volumes. */
export function RowsField<K extends string>({ title, columns, rows, onChange, errors, add, empty }: RowsFieldProps<K>) {
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
            <Button variant="link" icon={<PlusIcon />} onClick={() => onChange([...rows, empty])}>
              {add}
            </Button>
          }
        />
      }
    >
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
  error: string | undefined
  onChange: (key: K, value: string) => void
  onRemove: () => void
}

function Row<K extends string>({ number, title, columns, row, error, onChange, onRemove }: RowProps<K>) {
  const [left, setLeft] = useState(false)
  const wrong = left && error !== undefined
  return (
    <div
      className="berth-row"
      role="group"
      aria-label={format('{title} {number}', { title, number })}
      onBlur={() => setLeft(true)}
    >
      <div className="berth-row-inputs">
        {columns.map(({ key, label, placeholder, options, narrow }) => (
          <div key={key} className={narrow ? 'berth-row-narrow' : 'berth-row-wide'}>
            {options ? (
              <FormSelect value={row[key]} aria-label={label} onChange={(_event, value) => onChange(key, value)}>
                {options.map(([value, text]) => (
                  <FormSelectOption key={value} value={value} label={text} />
                ))}
              </FormSelect>
            ) : (
              <TextInput
                value={row[key]}
                aria-label={label}
                placeholder={placeholder ?? label}
                validated={wrong ? 'error' : 'default'}
                autoCapitalize="none"
                spellCheck="false"
                onChange={(_event, value) => onChange(key, value)}
              />
            )}
          </div>
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
          <HelperTextItem variant="error">{error}</HelperTextItem>
        </HelperText>
      )}
    </div>
  )
}
