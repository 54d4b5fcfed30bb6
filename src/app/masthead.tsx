import { Divider } from '@patternfly/react-core/dist/esm/components/Divider'
import { Dropdown, DropdownGroup, DropdownItem, DropdownList } from '@patternfly/react-core/dist/esm/components/Dropdown'
import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
} from '@patternfly/react-core/dist/esm/components/Masthead'
import { MenuToggle } from '@patternfly/react-core/dist/esm/components/MenuToggle'
import { PageToggleButton } from '@patternfly/react-core/dist/esm/components/Page'
import { UserIcon } from '@patternfly/react-icons/dist/esm/icons/user-icon'
import { type ReactNode, useState } from 'react'

import { _, C_, chooseLanguage, language } from '../i18n/gettext.ts'
import { BerthLogo } from '../ui/berth-logo.tsx'
import { useStore } from '../hooks/use-store.ts'
import { chooseAndReload, languages } from './language.ts'
import { chooseTheme, chosenTheme, type Theme } from './theme.ts'

interface TopBarProps {
  user: string
  host: string
  sidebarOpen: boolean
  onToggleSidebar: () => void
  /** Opens the list of login sessions; undefined if the server has none. */
  onSessions: (() => void) | undefined
  onLogOut: () => void
  /** Help, in the user's menu; undefined until the engine is known. */
  help: { onShortcuts: () => void; onAbout: () => void } | undefined
  /** Buttons before the user's menu. */
  children?: ReactNode
}

/** The top bar of our own console. */
export function TopBar({ user, host, sidebarOpen, onToggleSidebar, onSessions, onLogOut, help, children }: TopBarProps) {
  return (
    <Masthead display={{ default: 'inline' }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton
            isHamburgerButton
            isSidebarOpen={sidebarOpen}
            onSidebarToggle={onToggleSidebar}
            aria-label={_('Navigation')}
            id="berth-nav-toggle"
          />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component="a" href="#/" aria-label={_('Berth, overview')}>
            <BerthLogo />
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="berth-topbar">
          <span className="berth-topbar-host">{host}</span>
          {children}
          <UserMenu user={user} onSessions={onSessions} onLogOut={onLogOut} help={help} />
        </div>
      </MastheadContent>
    </Masthead>
  )
}

function UserMenu({ user, onSessions, onLogOut, help }: Pick<TopBarProps, 'user' | 'onSessions' | 'onLogOut' | 'help'>) {
  const [open, setOpen] = useState(false)
  const theme = useStore(chosenTheme)
  const now =
    chooseLanguage(
      [language()],
      languages.map(({ code }) => code),
    ) ?? 'en'
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'right', preventOverflow: true, appendTo: 'inline' }}
      toggle={(ref) => (
        <MenuToggle ref={ref} icon={<UserIcon />} isExpanded={open} onClick={() => setOpen(!open)}>
          {user}
        </MenuToggle>
      )}
    >
      <DropdownGroup label={_('Language')}>
        <DropdownList>
          {languages.map(({ code, name }) => (
            <Choice key={code} lang={code} isChosen={code === now} onChoose={() => chooseAndReload(code)}>
              {name}
            </Choice>
          ))}
        </DropdownList>
      </DropdownGroup>
      <DropdownGroup label={_('Theme')}>
        <DropdownList>
          {themes().map(([key, title]) => (
            <Choice key={key} isChosen={key === theme} onChoose={() => chooseTheme(key)}>
              {title}
            </Choice>
          ))}
        </DropdownList>
      </DropdownGroup>
      <Divider />
      <DropdownList>
        {help && <DropdownItem onClick={help.onShortcuts}>{_('Keyboard shortcuts')}</DropdownItem>}
        {help && <DropdownItem onClick={help.onAbout}>{_('About Berth')}</DropdownItem>}
        {onSessions && <DropdownItem onClick={onSessions}>{_('Sessions…')}</DropdownItem>}
        <DropdownItem onClick={onLogOut}>{_('Log out')}</DropdownItem>
      </DropdownList>
    </Dropdown>
  )
}

/** The themes with their titles, in the order of the menu. */
const themes = (): readonly (readonly [Theme, string])[] => [
  ['auto', C_('theme', 'System default')],
  ['light', C_('theme', 'Light')],
  ['dark', C_('theme', 'Dark')],
]

interface ChoiceProps {
  isChosen: boolean
  onChoose: () => void
  lang?: string
  children: ReactNode
}

/** One of several, of which one has a check mark. */
function Choice({ isChosen, onChoose, lang, children }: ChoiceProps) {
  return (
    <DropdownItem lang={lang} onClick={onChoose} isSelected={isChosen}>
      {children}
    </DropdownItem>
  )
}
