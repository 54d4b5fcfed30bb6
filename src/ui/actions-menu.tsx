import { Divider } from '@patternfly/react-core/dist/esm/components/Divider'
import { Menu, MenuContainer, MenuContent, MenuItem, MenuList } from '@patternfly/react-core/dist/esm/components/Menu'
import EllipsisIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon'
import { type CSSProperties, type RefObject, useEffect, useRef, useState } from 'react'

/** An action. `reason` is why it is disabled. */
export interface Action {
  key: string
  title: string
  run: () => void
  danger?: boolean
  reason?: string
}

interface ActionsMenuProps {
  label: string
  groups: readonly (readonly Action[])[]
}

/** A menu of actions; groups are separated by dividers. Closed, it is only its button, without PatternFly's own: there may be many rows. */
export function ActionsMenu({ label, groups }: ActionsMenuProps) {
  // By its label: a row's elements may become another row's, whose menu was not opened.
  const [opened, setOpened] = useState<string>()
  const open = opened === label
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`pf-v6-c-menu-toggle pf-m-plain${open ? ' pf-m-expanded' : ''}`}
        aria-expanded={open}
        aria-haspopup="menu"
        aria-label={label}
        onClick={() => setOpened(open ? undefined : label)}
      >
        <span className="pf-v6-c-menu-toggle__icon">
          <EllipsisIcon set="default" />
        </span>
      </button>
      {open && <OpenMenu button={button} groups={groups} onClose={() => setOpened(undefined)} />}
    </>
  )
}

interface OpenMenuProps {
  button: RefObject<HTMLButtonElement | null>
  groups: ActionsMenuProps['groups']
  onClose: () => void
}

function OpenMenu({ button, groups, onClose }: OpenMenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  // Popper places what becomes visible, not what has been so from the beginning.
  const [visible, setVisible] = useState(false)
  useEffect(() => setVisible(true), [])
  const select = () => {
    onClose()
    // The item is removed with its menu, so the focus returns to the button, also after a dialog.
    button.current?.focus()
  }
  const items = (
    <Menu ref={menu} onSelect={select} style={{ '--berth-menu-room': `${roomBeside(button.current)}px` } as CSSProperties}>
      <MenuContent>
        <MenuList>
          {groups
            .filter((group) => group.length > 0)
            .map((group, index) => [
              index > 0 && <Divider component="li" key={`divider-${index}`} />,
              ...group.map((action) => <Item key={action.key} action={action} />),
            ])}
        </MenuList>
      </MenuContent>
    </Menu>
  )
  return (
    <MenuContainer
      isOpen={visible}
      onOpenChange={onClose}
      menu={items}
      menuRef={menu}
      toggle={undefined}
      toggleRef={button}
      // Inside the main landmark, outside of clipping containers.
      popperProps={{
        position: 'right',
        preventOverflow: true,
        appendTo: menuBox,
      }}
    />
  )
}

const menuBox = (): HTMLElement => document.getElementById('berth-main') ?? document.body

/** The pixels above or below a button, whichever are more, without a margin, in the box that its menu is shown in. */
function roomBeside(button: HTMLElement | null): number {
  const { top = 0, bottom = 0 } = button?.getBoundingClientRect() ?? {}
  const box = menuBox().getBoundingClientRect()
  return Math.max(top - Math.max(0, box.top), Math.min(window.innerHeight, box.bottom) - bottom) - 24
}

function Item({ action: { title, run, danger, reason } }: { action: Action }) {
  return (
    <MenuItem onClick={run} isDanger={danger} isAriaDisabled={reason !== undefined} description={reason}>
      {title}
    </MenuItem>
  )
}
