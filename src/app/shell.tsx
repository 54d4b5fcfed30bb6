import { Nav, NavItem, NavList } from '@patternfly/react-core/dist/esm/components/Nav'
import { Page, PageSidebar, PageSidebarBody } from '@patternfly/react-core/dist/esm/components/Page'
import { SkipToContent } from '@patternfly/react-core/dist/esm/components/SkipToContent'
import { type ReactNode, useEffect, useState } from 'react'

import type { Backend } from '../lib/backend.ts'
import { _, format } from '../lib/gettext.ts'
import { usePlace } from '../lib/location.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { TopBar } from './masthead.tsx'
import { useScroll } from './use-scroll.ts'
import { linkToView, type View, viewOf, views } from './views.tsx'

const wide = () => window.innerWidth >= 1200

interface ShellProps {
  backend: Backend
  host: string
  onLogOut: () => void
  /** Draws a page, or what is there instead of all pages. */
  children: (view: View, rest: readonly string[]) => ReactNode
}

/** The frame around all pages: top bar, navigation, and in a Cockpit, which has both, only tabs. */
export function Shell({ backend, host, onLogOut, children }: ShellProps) {
  const { path } = usePlace()
  const [open, setOpen] = useState(wide)
  const view = viewOf(path)
  useScroll('berth-main', path)
  useEffect(() => {
    document.title = format(_('{page} – {host} – Berth'), { page: view.title(), host })
  }, [view, host])
  const bar = (
    <TopBar
      user={backend.account.user}
      host={host}
      sidebarOpen={open}
      onToggleSidebar={() => setOpen(!open)}
      onLogOut={onLogOut}
    />
  )
  return (
    <Page
      className={backend.embedded ? 'berth-page berth-embedded' : 'berth-page'}
      masthead={backend.embedded ? undefined : bar}
      sidebar={backend.embedded ? undefined : <Sidebar open={open} view={view} onLeave={() => setOpen(wide())} />}
      skipToContent={
        <SkipToContent href="#berth-main" onClick={focusMain}>
          {_('Skip to the content')}
        </SkipToContent>
      }
      mainContainerId="berth-main"
      mainTabIndex={-1}
      isContentFilled
    >
      <ConnectionBanner connection={backend.connection} />
      {backend.embedded && <Navigation view={view} variant="horizontal" />}
      <ErrorBoundary place={path.join('/')}>{children(view, path.slice(1))}</ErrorBoundary>
    </Page>
  )
}

/** The fragment is our place in the page, so a link to it must not change. */
function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault()
  document.getElementById('berth-main')?.focus()
}

function Sidebar({ open, view, onLeave }: { open: boolean; view: View; onLeave: () => void }) {
  return (
    <PageSidebar isSidebarOpen={open} id="berth-sidebar">
      <PageSidebarBody>
        <Navigation view={view} onLeave={onLeave} />
      </PageSidebarBody>
    </PageSidebar>
  )
}

function Navigation({ view, variant, onLeave }: { view: View; variant?: 'horizontal'; onLeave?: () => void }) {
  return (
    <Nav aria-label={_('Pages')} variant={variant} onSelect={onLeave}>
      <NavList>
        {views.map((each) => (
          <NavItem key={each.key} to={linkToView(each)} isActive={each === view}>
            {each.title()}
          </NavItem>
        ))}
      </NavList>
    </Nav>
  )
}
