import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { useCallback, useMemo } from 'react'

import { useEngine } from '../../../engine/engine-context.tsx'
import { useCall } from '../../../hooks/use-call.ts'
import { useDebounced } from '../../../hooks/use-debounced.ts'
import { _ } from '../../../i18n/gettext.ts'
import type { CellInputProps } from '../../../ui/dialogs/rows-field.tsx'
import { type Suggestion, SuggestInput } from '../../../ui/dialogs/suggest-input.tsx'

/** Milliseconds after the last keystroke until a folder is read. */
const typingDelay = 120
const maxSuggestions = 50

const nothing = async () => []

/** Paths that begin with what is typed. */
function usePaths(text: string): readonly Suggestion[] {
  const { listFolder } = useEngine()
  const isPath = text.startsWith('/')
  const folder = useDebounced(isPath ? text.slice(0, text.lastIndexOf('/') + 1) : '', typingDelay)
  const ask = useCallback((signal: AbortSignal) => listFolder(folder, signal), [listFolder, folder])
  const { value, error } = useCall(folder === '' ? nothing : ask)
  return useMemo(() => {
    // A folder that cannot be read has nothing to suggest; the engine says so of the whole path.
    if (!isPath || error || !value || !text.startsWith(folder)) return []
    const begun = text.slice(folder.length)
    return value
      .filter(({ name }) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')))
      .toSorted((a, b) => Number(b.type === 'directory') - Number(a.type === 'directory') || a.name.localeCompare(b.name))
      .slice(0, maxSuggestions)
      .map(({ name, type }) => ({ value: `${folder}${name}${type === 'directory' ? '/' : ''}` }))
      .filter((each) => each.value !== text)
  }, [isPath, error, value, text, folder])
}

/** The source of a mount: a path of the host with completion, or a volume's name. */
export function SourceInput(props: CellInputProps<'type' | 'source' | 'target' | 'mode' | 'options'>) {
  const { row, label, wrong, describedBy } = props
  if (row.type === 'bind') return <PathInput {...props} placeholder={_('/path')} />
  if (row.type === 'volume') return <VolumeInput {...props} />
  return (
    <TextInput
      value=""
      aria-label={label}
      placeholder={_('In memory')}
      isDisabled
      validated={wrong ? 'error' : 'default'}
      aria-describedby={describedBy}
    />
  )
}

/** The name of a volume, one of those that there are or a new one. */
function VolumeInput({ value, label, wrong, describedBy, onChange }: PathInputProps) {
  const { engine, can } = useEngine()
  const ask = useCallback(
    async (signal: AbortSignal) => (can.does('volume.list') ? engine['volume.list']({}, { signal }) : []),
    [engine, can],
  )
  const { value: volumes = [] } = useCall(ask)
  const suggestions = volumes
    .filter(({ Name, Anonymous }) => !Anonymous && Name.includes(value) && Name !== value)
    .slice(0, maxSuggestions)
    .map(({ Name, Driver }) => ({ value: Name, text: Driver }))
  return (
    <SuggestInput
      value={value}
      onChange={onChange}
      suggestions={suggestions}
      placeholder={_('Anonymous if empty')}
      wrong={wrong}
      label={label}
      describedBy={describedBy}
    />
  )
}

type PathInputProps = Pick<CellInputProps<string>, 'value' | 'label' | 'placeholder' | 'wrong' | 'describedBy' | 'onChange'>

/** A path of the host, with completion as the user may read it. */
export function PathInput({ value, label, placeholder, wrong, describedBy, onChange }: PathInputProps) {
  const suggestions = usePaths(value)
  return (
    <SuggestInput
      value={value}
      onChange={onChange}
      suggestions={suggestions}
      goesOn={(chosen) => chosen.endsWith('/')}
      placeholder={placeholder}
      wrong={wrong}
      label={label}
      describedBy={describedBy}
    />
  )
}
