import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox'
import { FormGroup, FormHelperText } from '@patternfly/react-core/dist/esm/components/Form'
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { type ComponentType, type ReactNode, useId, useState } from 'react'

/** The text below a field: its error, or its help text. */
export function FieldHelp({ id, error, help }: { id: string; error?: string; help?: ReactNode }) {
  if (error === undefined && help === undefined) return null
  return (
    <FormHelperText>
      <HelperText>
        {/* PatternFly's own text is English; that the field is invalid is said of the field. */}
        <HelperTextItem id={id} variant={error === undefined ? 'default' : 'error'} screenReaderText="">
          {error ?? help}
        </HelperTextItem>
      </HelperText>
    </FormHelperText>
  )
}

interface TextFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  error?: string
  help?: ReactNode
  required?: boolean
  placeholder?: string
  type?: 'text' | 'password' | 'number'
  /** Values that can be chosen instead of typed. */
  suggestions?: readonly string[]
  autoComplete?: string
  autoFocus?: boolean
  /** Something beside the input, such as a unit. */
  beside?: ReactNode
  /** Its input, where a plain one is not all. */
  Input?: ComponentType<FieldInputProps>
}

/** What an input of a field gets. */
export interface FieldInputProps {
  id: string
  value: string
  onChange: (value: string) => void
  onBlur: () => void
  wrong: boolean
  describedBy: string | undefined
  placeholder?: string
  required?: boolean
  autoFocus?: boolean
}

/** A text input. Its error is shown once something was typed and it has lost the focus. */
export function TextField(props: TextFieldProps) {
  const {
    label,
    value,
    onChange,
    error,
    help,
    required,
    placeholder,
    type = 'text',
    suggestions,
    autoComplete = 'off',
    autoFocus,
    beside,
    Input,
  } = props
  const id = useId()
  const [touched, setTouched] = useState<'typed' | 'left'>()
  const shown = touched === 'left' ? error : undefined
  const describedBy = shown === undefined && help === undefined ? undefined : `${id}-help`
  const change = (text: string) => {
    setTouched((before) => before ?? 'typed')
    onChange(text)
  }
  const leave = () => setTouched((before) => before && 'left')
  const input = Input ? (
    <Input
      id={id}
      value={value}
      onChange={change}
      onBlur={leave}
      wrong={shown !== undefined}
      describedBy={describedBy}
      placeholder={placeholder}
      required={required}
      autoFocus={autoFocus}
    />
  ) : (
    <TextInput
      id={id}
      type={type}
      value={value}
      isRequired={required}
      placeholder={placeholder}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck="false"
      autoFocus={autoFocus}
      list={suggestions && `${id}-list`}
      validated={shown === undefined ? 'default' : 'error'}
      aria-describedby={describedBy}
      onChange={(_event, text) => change(text)}
      onBlur={leave}
    />
  )
  return (
    <FormGroup label={label} fieldId={id} isRequired={required}>
      {beside ? (
        <div className="berth-beside">
          {input}
          {beside}
        </div>
      ) : (
        input
      )}
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      <FieldHelp id={`${id}-help`} error={shown} help={help} />
    </FormGroup>
  )
}

interface SelectFieldProps<T extends string> {
  label: string
  value: T
  onChange: (value: T) => void
  options: readonly (readonly [value: T, label: string])[]
  help?: ReactNode
}

/** A select. */
export function SelectField<T extends string>({ label, value, onChange, options, help }: SelectFieldProps<T>) {
  const id = useId()
  return (
    <FormGroup label={label} fieldId={id}>
      <FormSelect
        id={id}
        value={value}
        onChange={(_event, next) => onChange(next as T)}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
      >
        {options.map(([key, text]) => (
          <FormSelectOption key={key} value={key} label={text} />
        ))}
      </FormSelect>
      <FieldHelp id={`${id}-help`} help={help} />
    </FormGroup>
  )
}

interface CheckFieldProps {
  label: string
  value: boolean
  onChange: (value: boolean) => void
  help?: string
}

/** A checkbox. */
export function CheckField({ label, value, onChange, help }: CheckFieldProps) {
  const id = useId()
  return <Checkbox id={id} label={label} isChecked={value} onChange={(_event, checked) => onChange(checked)} description={help} />
}
