import { useCallback, useMemo } from 'react'

import { useEngine } from '../../../engine/engine-context.tsx'
import { useCall } from '../../../hooks/use-call.ts'
import { useDebounced } from '../../../hooks/use-debounced.ts'
import { useStore } from '../../../hooks/use-store.ts'
import { formatSize } from '../../../i18n/format.ts'
import { _ } from '../../../i18n/gettext.ts'
import type { FieldInputProps } from '../../../ui/dialogs/fields.tsx'
import { type Suggestion, SuggestInput } from '../../../ui/dialogs/suggest-input.tsx'

/** Milliseconds after the last keystroke until the registries are queried. */
const typingDelay = 350
const maxLocal = 20
const maxFound = 8

const nothing = async () => undefined

/** Whether registries can be asked for it: a name without a tag or digest, of two letters or more. */
const isSearchable = (text: string): boolean => /^[\w.-][\w./-]*[\w.-]$/.test(text)

/** Images of this host whose names hold what is typed; those that begin so first. */
function useLocal(text: string): readonly Suggestion[] {
  const { data } = useEngine()
  const images = useStore(data.images).items
  return useMemo(() => {
    const typed = text.trim().toLowerCase()
    const begins = (name: string) => Number(name.startsWith(typed) || name.slice(name.lastIndexOf('/') + 1).startsWith(typed))
    return (images ?? [])
      .flatMap(({ RepoTags, Size }) => (RepoTags ?? []).map((name) => ({ name, size: Size })))
      .filter(({ name }) => !name.startsWith('<none>') && name.toLowerCase().includes(typed) && name !== text)
      .toSorted((a, b) => begins(b.name) - begins(a.name) || a.name.localeCompare(b.name))
      .slice(0, maxLocal)
      .map(({ name, size }) => ({ value: name, text: formatSize(size), group: _('On this host') }))
  }, [images, text])
}

/** What the search registries have by this name. */
function useRegistries(text: string): { found: readonly Suggestion[]; searching: boolean } {
  const { engine } = useEngine()
  const settled = useDebounced(text.trim(), typingDelay)
  const term = isSearchable(settled) ? settled : ''
  const ask = useCallback(
    async (signal: AbortSignal) => ({ term, results: await engine['registry.search']({ term, limit: maxFound }, { signal }) }),
    [engine, term],
  )
  const { value, error } = useCall<Awaited<ReturnType<typeof ask>> | undefined>(term === '' ? nothing : ask)
  const isOf = value !== undefined && value.term === term
  const found = isOf && term !== '' ? value.results : []
  return {
    searching: term !== '' && !isOf && error === undefined,
    found: found
      .slice(0, maxFound)
      .map(({ Name, Description }) => ({ value: Name, text: Description, group: _('In registries') })),
  }
}

/** The name of an image: one of this host, or one that registries know. */
export function ImageInput(props: FieldInputProps) {
  const local = useLocal(props.value)
  const { found, searching } = useRegistries(props.value)
  const suggestions = [...local, ...found.filter(({ value }) => value !== props.value.trim())]
  return <SuggestInput {...props} suggestions={suggestions} note={searching ? _('Searching the registries…') : undefined} />
}
