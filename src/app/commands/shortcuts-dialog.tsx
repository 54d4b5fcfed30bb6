import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch'
import { useId } from 'react'

import { _, C_ } from '../../i18n/gettext.ts'
import type { AppCommand } from './app-command.ts'
import { useLetterShortcuts } from './letter-shortcuts.ts'

/** The keys of the command palette. */
export const paletteKeys = ['Ctrl', 'K'] as const

/** All shortcuts, from the list of commands. */
export function ShortcutsDialog({ commands, onClose }: { commands: readonly AppCommand[]; onClose: () => void }) {
  const id = useId()
  const [letters, setLetters] = useLetterShortcuts()
  return (
    <Modal isOpen variant="small" onEscapePress={onClose} aria-labelledby={id} className="berth-dialog">
      <ModalHeader title={_('Keyboard shortcuts')} labelId={id} />
      <ModalBody>
        <dl className="berth-shortcuts">
          <Line title={_('Command palette')} keys={paletteKeys} together />
          {commands.map(({ key, title, shortcut }) => shortcut && <Line key={key} title={title} keys={shortcut} />)}
          <Line title={_('Close a dialog or the tasks')} keys={['Esc']} />
        </dl>
        <Switch label={_('Single-letter shortcuts')} isChecked={letters} onChange={(_event, checked) => setLetters(checked)} />
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" autoFocus onClick={onClose}>
          {_('Close')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}

/** `together`: the keys are pressed at once, not one after another. */
function Line({ title, keys, together = false }: { title: string; keys: readonly string[]; together?: boolean }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {keys.map((key, index) => (
          <span key={key}>
            {index > 0 && (together ? ' + ' : ` ${C_('keys', 'then')} `)}
            <kbd>{key}</kbd>
          </span>
        ))}
      </dd>
    </div>
  )
}
