import { Modal } from '@patternfly/react-core/dist/esm/components/Modal'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'

import { _, ngettext } from '../../i18n/gettext.ts'
import { LiveRegion } from '../../ui/live-region.tsx'
import type { AppCommand } from './app-command.ts'
import { useObjectCommands } from './app-commands.tsx'

/** Commands that are shown at once. */
const maxShown = 50

/** Commands that hold all words of a text; those that begin with it come first. */
export function findCommands(commands: readonly AppCommand[], text: string): readonly AppCommand[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = commands.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
  const begins = ({ title }: AppCommand) => (words.length > 0 && title.toLowerCase().startsWith(words[0]!) ? 0 : 1)
  return found.toSorted((a, b) => begins(a) - begins(b)).slice(0, maxShown)
}

/** Finds a page, an action, a container or an image by a few letters, and goes there. */
export function Palette({ commands, onClose }: { commands: readonly AppCommand[]; onClose: () => void }) {
  const id = useId()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const objects = useObjectCommands()
  const found = useMemo(() => findCommands([...commands, ...objects], text), [commands, objects, text])
  const at = Math.min(active, found.length - 1)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => list.current?.children[at]?.scrollIntoView?.({ block: 'nearest' }), [at])
  const run = (command: AppCommand | undefined) => {
    if (command === undefined) return
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 && event.key !== 'Enter') return
    event.preventDefault()
    if (step === 0) run(found[at])
    else setActive((at + step + found.length) % Math.max(1, found.length))
  }
  return (
    <Modal
      isOpen
      variant="small"
      onEscapePress={onClose}
      aria-label={_('Command palette')}
      className="berth-palette"
      position="top"
    >
      <input
        role="combobox"
        aria-label={_('Find a page, action, container or image')}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={_('Find a page, action, container or image')}
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={_('Commands')}>
        {found.map((command, index) => (
          // The keyboard is handled by the field, which keeps the focus.
          <li
            key={command.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => run(command)}
            onMouseMove={() => setActive(index)}
          >
            <span className="berth-ellipsis">{command.title}</span>
            {command.shortcut && (
              <span>
                {command.shortcut.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      <LiveRegion>{ngettext('{n} command', '{n} commands', found.length)}</LiveRegion>
      {found.length === 0 && <p className="berth-palette-empty">{_('No results found')}</p>}
    </Modal>
  )
}
