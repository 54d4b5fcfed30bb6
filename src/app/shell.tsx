import { Nav, NavItem, NavList } from '@patternfly/react-core/dist/esm/components/Nav'
import { Page, PageSidebar, PageSidebarBody } from '@patternfly/react-core/dist/esm/components/Page'
import { SkipToContent } from '@patternfly/react-core/dist/esm/components/SkipToContent'
import { type ReactNode, use, useEffect, useState } from 'react'

import type { Backend } from '../engine/connection/backend.ts'
import { EngineContext } from '../engine/engine-context.tsx'
import { TaskNotices } from '../tasks/task-notices.tsx'
import { TasksButton } from '../tasks/tasks-button.tsx'
import { TasksDrawer } from '../tasks/tasks-drawer.tsx'
import { _, format } from '../i18n/gettext.ts'
import { usePath } from '../hooks/route.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { AboutDialog } from './commands/about-dialog.tsx'
import { ShortcutsHelp } from './commands/shortcuts-help.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { TopBar } from './masthead.tsx'
import { SessionsDialog } from './sessions/sessions-dialog.tsx'
import { type Sidebar, useSidebar } from './sidebar.ts'
import { useScroll } from '../hooks/use-scroll.ts'
import { linkToView, type View, viewOf, views } from './views.tsx'

interface ShellProps {
  backend: Backend
  host: string
  /** Whether the engine has the operations of a page. */
  has: (view: View) => boolean
  onLogOut: () => void
  /** Renders a page, or a placeholder while no page can be shown. `view` is undefined where the address names none. */
  children: (view: View | undefined, rest: readonly string[]) => ReactNode
}

/** The frame around all pages: top bar and navigation. Cockpit has its own, so there it is only tabs. */
export function Shell({ backend, host, has, onLogOut, children }: ShellProps) {
  const path = usePath()
  const sidebar = useSidebar()
  const dialogs = useDialogs()
  const { sessions } = backend
  const view = viewOf(path)
  const tasks = useTasksPanel()
  const help = useHelp()
  useScroll('berth-main', path)
  useEffect(() => {
    document.title = format(_('{page} – {host} – Berth'), { page: view?.title() ?? _('Page not found'), host })
  }, [view, host])
  const bar = (
    <TopBar
      user={backend.account.user}
      host={host}
      sidebarOpen={sidebar.open}
      onToggleSidebar={sidebar.toggle}
      onSessions={
        sessions && (() => dialogs.open((close) => <SessionsDialog sessions={sessions} onLogOut={onLogOut} onClose={close} />))
      }
      onLogOut={onLogOut}
      help={help}
    >
      {tasks.button}
    </TopBar>
  )
  return (
    <Page
      className={backend.embedded ? 'berth-page berth-embedded' : 'berth-page'}
      masthead={backend.embedded ? undefined : bar}
      sidebar={backend.embedded ? undefined : <SidebarNavigation sidebar={sidebar} view={view} has={has} />}
      onPageResize={(_event, { mobileView }) => sidebar.fit(mobileView)}
      skipToContent={
        <SkipToContent href="#berth-main" onClick={focusMain}>
          {_('Skip to content')}
        </SkipToContent>
      }
      // Always there: the page would be made again with it.
      notificationDrawer={<>{tasks.drawer}</>}
      isNotificationDrawerExpanded={tasks.drawer !== undefined}
      mainContainerId="berth-main"
      mainTabIndex={-1}
      isContentFilled
    >
      <ConnectionBanner connection={backend.connection} />
      {tasks.notices}
      {backend.embedded && (
        <div className="berth-embedded-bar">
          <Navigation view={view} has={has} variant="horizontal" />
          {tasks.button}
        </div>
      )}
      <ErrorBoundary resetKey={path.join('/')}>{children(view, path.slice(1))}</ErrorBoundary>
    </Page>
  )
}

/** Dialogs of help, once the engine is known. */
function useHelp(): { onShortcuts: () => void; onAbout: () => void } | undefined {
  const ready = use(EngineContext) !== null
  const { open } = useDialogs()
  if (!ready) return undefined
  return {
    onShortcuts: () => open((close) => <ShortcutsHelp onClose={close} />),
    onAbout: () => open((close) => <AboutDialog onClose={close} />),
  }
}

/** The button and the drawer of tasks, once the engine is known. */
function useTasksPanel(): { button?: ReactNode; drawer?: ReactNode; notices?: ReactNode } {
  const ready = use(EngineContext) !== null
  const [open, setOpen] = useState(false)
  if (!ready) return {}
  const toggle = () => {
    setOpen(!open)
    // The focus goes back to where it came from.
    if (open) document.getElementById('berth-tasks-button')?.focus()
  }
  return {
    button: <TasksButton open={open} onToggle={toggle} />,
    drawer: open ? <TasksDrawer onClose={toggle} /> : undefined,
    notices: <TaskNotices />,
  }
}

/** The fragment is the route, so the skip link must not change it. */
function focusMain(event: { preventDefault: () => void }): void {
  event.preventDefault()
  document.getElementById('berth-main')?.focus()
}

interface NavigationProps {
  view: View | undefined
  has: ShellProps['has']
}

function SidebarNavigation({ sidebar, ...rest }: NavigationProps & { sidebar: Sidebar }) {
  return (
    <PageSidebar isSidebarOpen={sidebar.open} id={sidebar.id} onKeyDown={sidebar.onKeyDown}>
      <PageSidebarBody>
        <Navigation {...rest} onLeave={sidebar.leave} />
      </PageSidebarBody>
    </PageSidebar>
  )
}

function Navigation({ view, has, variant, onLeave }: NavigationProps & { variant?: 'horizontal'; onLeave?: () => void }) {
  return (
    <Nav aria-label={_('Pages')} variant={variant} onSelect={onLeave}>
      <NavList>
        {views.filter(has).map((each) => (
          <NavItem key={each.key} to={linkToView(each)} isActive={each === view}>
            {each.title()}
          </NavItem>
        ))}
      </NavList>
    </Nav>
  )
}
