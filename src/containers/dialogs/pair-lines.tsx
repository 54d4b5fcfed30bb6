import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { TextArea } from '@patternfly/react-core/dist/esm/components/TextArea'
import { useRef, useState } from 'react'

import { parseVariable } from '../../../engine/spec/pair.ts'
import { formatMemory } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { useToasts } from '../../ui/toasts.tsx'
import type { Pair } from './draft.ts'

/** Bytes of a file that is read. */
const maxFile = 1024 ** 2

/** The pairs of lines such as an environment file has; empty lines and comments are left out. */
export function readPairs(text: string): Pair[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('='))
    .map((line) => {
      const [name, value = ''] = parseVariable(line.replace(/^export\s+/, ''))
      return { name, value }
    })
}

/** With these, of which the later one of a name counts; rows that say nothing are dropped. */
export function withPairs(rows: readonly Pair[], added: readonly Pair[]): Pair[] {
  const kept = rows.filter(({ name, value }) => name !== '' || value !== '')
  const all = new Map([...kept, ...added].map((pair) => [pair.name, pair]))
  return [...all.values()]
}

interface PairLinesProps {
  rows: readonly Pair[]
  onChange: (rows: readonly Pair[]) => void
  label: string
}

/** Many pairs at once: pasted, or from a file. */
export function PairLines({ rows, onChange, label }: PairLinesProps) {
  const { failure } = useToasts()
  const [text, setText] = useState<string>()
  const file = useRef<HTMLInputElement>(null)
  const add = (lines: string) => onChange(withPairs(rows, readPairs(lines)))
  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    try {
      if (chosen.size > maxFile) throw new Error(format(_('The file is larger than {size}.'), { size: formatMemory(maxFile) }))
      add(await chosen.text())
    } catch (error) {
      failure(_('Failed to read the file'), error)
    }
  }
  return (
    <>
      <div className="berth-lines-buttons">
        <Button
          variant="link"
          isInline
          onClick={() => setText(text === undefined ? '' : undefined)}
          aria-expanded={text !== undefined}
        >
          {_('Paste lines…')}
        </Button>
        <Button variant="link" isInline onClick={() => file.current?.click()}>
          {_('From file…')}
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          aria-label={_('From file…')}
          onChange={(event) => {
            void read(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      {text !== undefined && (
        <div className="berth-lines">
          <TextArea
            value={text}
            aria-label={label}
            placeholder={'NAME=VALUE\nOTHER=value'}
            rows={4}
            autoFocus
            resizeOrientation="vertical"
            spellCheck="false"
            onChange={(_event, next) => setText(next)}
          />
          <Button
            variant="secondary"
            isDisabled={readPairs(text).length === 0}
            onClick={() => {
              add(text)
              setText(undefined)
            }}
          >
            {_('Add lines')}
          </Button>
        </div>
      )}
    </>
  )
}
