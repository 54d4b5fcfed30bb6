import { Divider } from '@patternfly/react-core/dist/esm/components/Divider'
import { Dropdown, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import EllipsisIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon'
import { useRef, useState } from 'react'

/** One thing that can be done. `reason` says why it cannot be done now. */
export interface Action {
  key: string
  title: string
  run: () => void
  danger?: boolean
  reason?: string
}

/** What can be done with one object, behind a button; groups are divided by a line. */
export function ActionsMenu({ label, groups }: { label: string; groups: readonly (readonly Action[])[] }) {
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    // The item goes away with its menu: the keyboard goes back to the button, also after a dialog that the item opened.
    button.current?.focus()
  }
  const shown = groups.filter((group) => group.length > 0)
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={close}
      // Within the page's landmark, outside of what cuts off.
      popperProps={{ position: 'right', appendTo: () => document.getElementById('berth-main') ?? document.body }}
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
      {/* Rows are many, and a menu is looked at one at a time. */}
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
