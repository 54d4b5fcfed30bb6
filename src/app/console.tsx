import { Bullseye } from '@patternfly/react-core/dist/esm/layouts/Bullseye'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'

import type { Info } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import type { Backend } from '../engine/connection/backend.ts'
import { type Capabilities, capabilitiesOf } from '../engine/capabilities.ts'
import { EngineContext } from '../engine/engine-context.tsx'
import { _ } from '../i18n/gettext.ts'
import { createLiveData, type LiveData } from '../engine/live/live-data.ts'
import { createTaskFeed } from '../engine/tasks/task-feed.ts'
import { createBackground } from '../engine/transfers/background-transfers.ts'
import { createPending } from '../engine/pending.ts'
import { retryNow } from '../engine/connection/retry.ts'
import { useStore } from '../hooks/use-store.ts'
import { dialogs as containerDialogs } from '../containers/dialogs/lazy.ts'
import { dialogs as imageDialogs } from '../images/dialogs/lazy.ts'
import { dialogs as networkDialogs } from '../networks/dialogs/lazy.ts'
import { dialogs as podDialogs } from '../pods/dialogs/lazy.ts'
import { dialogs as secretDialogs } from '../secrets/dialogs/lazy.ts'
import { dialogs as systemDialogs } from '../system/dialogs/lazy.ts'
import { dialogs as volumeDialogs } from '../volumes/dialogs/lazy.ts'
import { PageNotFound } from './page-not-found.tsx'
import { DialogProvider } from '../ui/dialogs/dialogs.tsx'
import { ErrorView } from '../ui/empty-states.tsx'
import { ToastProvider } from '../ui/toasts.tsx'
import { Shortcuts } from './commands/shortcuts.tsx'
import { CommandsProvider } from './commands-provider.tsx'
import { Shell } from './shell.tsx'
import { type View, views } from './views.tsx'

/** The page after login. */
export function Console({ backend, onLogOut }: { backend: Backend; onLogOut: () => void }) {
  const abilities = useRef<Capabilities>(undefined)
  const data = useMemo(
    () => createLiveData(backend.engine, backend.account.user, (operation) => abilities.current?.does(operation) === true),
    [backend],
  )
  const { info, error, retry } = useInfo(backend)
  const can = useMemo(() => (abilities.current = info && capabilitiesOf(info)), [info])
  useEarlyList(data, info !== undefined)
  const live = useMemo(
    () => ({ pending: createPending(), background: createBackground(), tasks: createTaskFeed(backend.engine) }),
    [backend],
  )
  const value = useMemo(
    () =>
      info &&
      can && {
        engine: backend.engine,
        data,
        ...live,
        info,
        can,
        user: backend.account.user,
        hostUsage: backend.hostUsage,
        archiveUrl: backend.archiveUrl,
        listFolder: backend.listFolder,
      },
    [backend, data, live, info, can],
  )
  const has = ({ operation }: View) => operation === undefined || value?.can.does(operation) === true
  useOtherPages(has, value !== undefined)
  return (
    <ToastProvider>
      <EngineContext value={value ?? null}>
        <DialogProvider>
          <Shell backend={backend} host={info?.host.hostname ?? window.location.hostname} has={has} onLogOut={onLogOut}>
            {(view, rest) =>
              value ? (
                <CommandsProvider>
                  <Shortcuts />
                  {view && has(view) ? <Suspense fallback={<Loading />}>{view.render(rest)}</Suspense> : <PageNotFound />}
                </CommandsProvider>
              ) : (
                <Waiting error={error} onRetry={retry} />
              )
            }
          </Shell>
        </DialogProvider>
      </EngineContext>
    </ToastProvider>
  )
}

function Waiting({ error, onRetry }: { error: EngineError | undefined; onRetry: () => void }) {
  if (error) return <ErrorView title={_('The container engine cannot be reached')} message={error.message} onRetry={onRetry} />
  return (
    <Bullseye className="berth-waiting">
      <Spinner aria-label={_('Connecting to the container engine')} />
    </Bullseye>
  )
}

const Loading = () => (
  <Bullseye className="berth-waiting">
    <Spinner aria-label={_('Loading')} />
  </Bullseye>
)

const dialogs = [containerDialogs, imageDialogs, networkDialogs, podDialogs, secretDialogs, systemDialogs, volumeDialogs]

/** Milliseconds after the first page until the other pages and the dialogs are loaded, so that nobody waits for them later. */
const loadOthersAfter = 3000

/** Milliseconds for which the list is held for a page that is still being made. */
const holdList = 10_000

/** Reads the containers, which most pages show, while the engine is still asked what it is. */
function useEarlyList({ containers }: LiveData, known: boolean): void {
  const leave = useRef<() => void>(undefined)
  useEffect(() => {
    leave.current = containers.subscribe(() => {})
    return () => leave.current?.()
  }, [containers])
  useEffect(() => {
    if (!known) return
    const timer = setTimeout(() => leave.current?.(), holdList)
    return () => clearTimeout(timer)
  }, [known])
}

function useOtherPages(has: (view: View) => boolean, ready: boolean): void {
  useEffect(() => {
    if (!ready) return
    const parts = [
      ...views.filter(has).flatMap((view) => [() => view.load([]), () => view.load(['any'])]),
      ...dialogs.map(({ load }) => load),
    ]
    // One that cannot be loaded now is loaded, or fails, when it is shown.
    const timer = setTimeout(() => void Promise.allSettled(parts.map((load) => load())), loadOthersAfter)
    return () => clearTimeout(timer)
    // oxlint-disable-next-line react/exhaustive-deps -- once is enough
  }, [ready])
}

/** The engine's info; read again after a reconnect. */
function useInfo({ engine, connection }: Backend) {
  const [info, setInfo] = useState<Info>()
  const [error, setError] = useState<EngineError>()
  const [attempts, setAttempts] = useState(0)
  const connected = useStore(connection) === 'connected'
  useEffect(() => {
    if (!connected) return
    retryNow()
    const stop = new AbortController()
    engine['system.info']({}, { signal: stop.signal }).then(setInfo, (caught: unknown) => {
      if (!stop.signal.aborted) setError(EngineError.from(caught))
    })
    return () => stop.abort()
  }, [engine, connected, attempts])
  const retry = useCallback(() => {
    setError(undefined)
    setAttempts((count) => count + 1)
  }, [])
  return { info, error: info ? undefined : error, retry }
}
