import { Bullseye } from '@patternfly/react-core/dist/esm/layouts/Bullseye'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import { useCallback, useEffect, useMemo, useState } from 'react'

import type { Info } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import type { Backend } from '../engine/connection/backend.ts'
import { capabilitiesOf } from '../engine/capabilities.ts'
import { EngineContext } from '../engine/engine-context.tsx'
import { _ } from '../i18n/gettext.ts'
import { createLiveData } from '../engine/live/live-data.ts'
import { createTaskFeed } from '../engine/tasks/task-feed.ts'
import { createBackground } from '../engine/transfers/background-transfers.ts'
import { createPending } from '../engine/pending.ts'
import { retryNow } from '../engine/connection/retry.ts'
import { useStore } from '../hooks/use-store.ts'
import { PageNotFound } from './page-not-found.tsx'
import { DialogProvider } from '../ui/dialogs/dialogs.tsx'
import { ErrorView } from '../ui/empty-states.tsx'
import { ToastProvider } from '../ui/toasts.tsx'
import { Shortcuts } from './commands/shortcuts.tsx'
import { CommandsProvider } from './commands-provider.tsx'
import { Shell } from './shell.tsx'
import type { View } from './views.tsx'

/** The page after login. */
export function Console({ backend, onLogOut }: { backend: Backend; onLogOut: () => void }) {
  const { info, error, retry } = useInfo(backend)
  const live = useMemo(
    () => ({
      data: createLiveData(backend.engine, backend.account.user),
      pending: createPending(),
      background: createBackground(),
      tasks: createTaskFeed(backend.engine),
    }),
    [backend],
  )
  const value = useMemo(
    () =>
      info && {
        engine: backend.engine,
        ...live,
        info,
        can: capabilitiesOf(info),
        user: backend.account.user,
        hostUsage: backend.hostUsage,
        archiveUrl: backend.archiveUrl,
        listFolder: backend.listFolder,
      },
    [backend, live, info],
  )
  const has = ({ operation }: View) => operation === undefined || value?.can.does(operation) === true
  return (
    <ToastProvider>
      <EngineContext value={value ?? null}>
        <DialogProvider>
          <Shell backend={backend} host={info?.host.hostname ?? window.location.hostname} has={has} onLogOut={onLogOut}>
            {(view, rest) =>
              value ? (
                <CommandsProvider>
                  <Shortcuts />
                  {view && has(view) ? view.render(rest) : <PageNotFound />}
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
