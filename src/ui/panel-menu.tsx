import { MenuContainer } from '@patternfly/react-core/dist/esm/components/Menu'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import { type ReactNode, useEffect, useRef, useState } from 'react'

interface PanelMenuProps {
  label: string
  icon: ReactNode
  badge?: ReactNode
  /** Rendered while it is open. */
  children: () => ReactNode
}

/** A button that opens a panel of controls, which stays open while several are used. Escape and a click elsewhere close it. */
export function PanelMenu({ label, icon, badge, children }: PanelMenuProps) {
  const [open, setOpen] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const toggle = useRef<HTMLButtonElement>(null)
  return (
    <MenuContainer
      isOpen={open}
      onOpenChange={setOpen}
      onOpenChangeKeys={['Escape']}
      onToggleKeydown={() => {}}
      menuRef={panel}
      toggleRef={toggle}
      popperProps={{
        preventOverflow: true,
        appendTo: () => document.getElementById('berth-main') ?? document.body,
      }}
      toggle={
        <MenuToggle ref={toggle} icon={icon} badge={badge} isExpanded={open} onClick={() => setOpen(!open)}>
          {label}
        </MenuToggle>
      }
      menu={
        <div ref={panel} className="berth-panel" role="group" aria-label={label}>
          {open && <Focused>{children()}</Focused>}
        </div>
      }
    />
  )
}

/** Gives the first control the focus. */
function Focused({ children }: { children: ReactNode }) {
  const here = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Popper places the panel after it is rendered; until then a focus would scroll the page.
    const frame = requestAnimationFrame(() => here.current?.querySelector('input')?.focus({ preventScroll: true }))
    return () => cancelAnimationFrame(frame)
  }, [])
  return <div ref={here}>{children}</div>
}

/** Controls that belong together, under their title. */
export function PanelGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="berth-panel-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}
