import { Divider } from '@patternfly/react-core/dist/esm/components/Divider'
import { Dropdown, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import EllipsisIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon'
import { useRef, useState } from 'react'

/** An action. `reason` is why it is disabled. */
export interface Action {
  key: string
  title: string
  run: () => void
  danger?: boolean
  reason?: string
}

/** A menu of actions; groups are separated by dividers. */
export function ActionsMenu({ label, groups }: { label: string; groups: readonly (readonly Action[])[] }) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    // The item is removed with its menu, so the focus returns to the button, also after a dialog.
    button.current?.focus()
  }
  const shown = groups.filter((group) => group.length > 0)
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={close}
      // Inside the main landmark, outside of clipping containers.
      popperProps={{
        position: 'right',
        preventOverflow: true,
        appendTo: () => document.getElementById('berth-main') ?? document.body,
      }}
      toggle={{
        toggleRef: button,
        toggleNode: (
          <MenuToggle
            ref={button}
            variant="plain"
            isExpanded={open}
            aria-label={label}
            onClick={() => setOpen(!open)}
            icon={<EllipsisIcon />}
          />
        ),
      }}
    >
      {/* Items are only rendered while the menu is open: there may be many rows. */}
      {open && (
        <DropdownList>
          {shown.map((group, index) => [
            index > 0 && <Divider component="li" key={`divider-${index}`} />,
            ...group.map((action) => <Item key={action.key} action={action} />),
          ])}
        </DropdownList>
      )}
    </Dropdown>
  )
}

function Item({ action: { title, run, danger, reason } }: { action: Action }) {
  return (
    <DropdownItem onClick={run} isDanger={danger} isAriaDisabled={reason !== undefined} description={reason}>
      {title}
    </DropdownItem>
  )
}
