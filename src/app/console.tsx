import { Bullseye } from '@patternfly/react-core/dist/esm/layouts/Bullseye'
import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import { useCallback, useEffect, useMemo, useState } from 'react'

import type { Info } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import type { Backend } from '../lib/backend.ts'
import { capabilitiesOf } from '../lib/capabilities.ts'
import { EngineContext } from '../lib/engine-context.tsx'
import { _ } from '../lib/gettext.ts'
import { createLiveData } from '../lib/live-data.ts'
import { createBackground } from '../lib/background.ts'
import { createPending } from '../lib/pending.ts'
import { retryNow } from '../lib/retry.ts'
import { useStore } from '../lib/use-store.ts'
import { DialogProvider } from '../ui/dialogs.tsx'
import { CannotReach } from '../ui/empty.tsx'
import { ToastProvider } from '../ui/toasts.tsx'
import { Shell } from './shell.tsx'

/** The page of somebody who is logged in. */
export function Console({ backend, onLogOut }: { backend: Backend; onLogOut: () => void }) {
  const { info, error, retry } = useInfo(backend)
  const live = useMemo(
    () => ({
      data: createLiveData(backend.engine, backend.account.user),
      pending: createPending(),
      background: createBackground(),
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
        hostUse: backend.hostUse,
        archiveUrl: backend.archiveUrl,
      },
    [backend, live, info],
  )
  return (
    <ToastProvider>
      <EngineContext value={value ?? null}>
        <DialogProvider>
          <Shell backend={backend} host={info?.host.hostname ?? window.location.hostname} onLogOut={onLogOut}>
            {(view, rest) => (value ? view.render(rest) : <Waiting error={error} onRetry={retry} />)}
          </Shell>
        </DialogProvider>
      </EngineContext>
    </ToastProvider>
  )
}

function Waiting({ error, onRetry }: { error: EngineError | undefined; onRetry: () => void }) {
  if (error) return <CannotReach title={_('The container engine cannot be reached')} message={error.message} onRetry={onRetry} />
  return (
    <Bullseye className="berth-waiting">
      <Spinner aria-label={_('Asking the container engine')} />
    </Bullseye>
  )
}

/** What the engine says about itself; asked again after the connection came back. */
function useInfo({ engine, connection }: Backend) {
  const [info, setInfo] = useState<Info>()
  const [error, setError] = useState<EngineError>()
  const [tries, setTries] = useState(0)
  const connected = useStore(connection) === 'connected'
  useEffect(() => {
    if (!connected) return
    retryNow()
    const stop = new AbortController()
    engine['system.info']({}, { signal: stop.signal }).then(setInfo, (caught: unknown) => {
      if (!stop.signal.aborted) setError(EngineError.from(caught))
    })
    return () => stop.abort()
  }, [engine, connected, tries])
  const retry = useCallback(() => {
    setError(undefined)
    setTries((count) => count + 1)
  }, [])
  return { info, error: info ? undefined : error, retry }
}
