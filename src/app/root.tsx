import { ProblemError } from 'cockpit-ts-bridge/client'
import { useCallback, useEffect, useState } from 'react'

import type { Backend } from '../engine/connection/backend.ts'
import { _ } from '../i18n/gettext.ts'
import { ErrorView } from '../ui/empty-states.tsx'
import { Console } from './console.tsx'
import { LoginPage } from './login/login-page.tsx'

type Phase =
  | { name: 'connecting' }
  | { name: 'login'; notice?: string }
  | { name: 'failed'; message: string }
  | { name: 'in'; backend: Backend }

/** The whole page: login, then the console. `connect` rejects with `no-session` if no user is logged in. */
export function Root({ connect }: { connect: () => Promise<Backend> }) {
  const [phase, setPhase] = useState<Phase>({ name: 'connecting' })
  const enter = useCallback(() => {
    connect().then(
      (backend) => setPhase({ name: 'in', backend }),
      (error: unknown) =>
        setPhase(
          ProblemError.is(error, 'no-session')
            ? { name: 'login' }
            : { name: 'failed', message: String(error instanceof Error ? error.message : error) },
        ),
    )
  }, [connect])
  useEffect(enter, [enter])
  const logOut = useCallback(() => {
    if (phase.name === 'in') void phase.backend.logOut()
    setPhase({ name: 'login', notice: _('You are logged out.') })
  }, [phase])
  const end = useCallback(
    () => setPhase((old) => (old.name === 'in' ? { name: 'login', notice: _('The session has ended. Log in again.') } : old)),
    [],
  )
  useEnded(phase.name === 'in' ? phase.backend : undefined, end)
  switch (phase.name) {
    case 'connecting':
      return null
    case 'login':
      return <LoginPage notice={phase.notice} onLogin={enter} />
    case 'failed':
      return <ErrorView title={_('The console cannot be reached')} message={phase.message} onRetry={enter} />
    case 'in':
      return <Console backend={phase.backend} onLogOut={logOut} />
  }
}

function useEnded(backend: Backend | undefined, onEnded: () => void): void {
  useEffect(() => {
    if (!backend) return
    return backend.connection.subscribe(() => {
      if (backend.connection.get() === 'ended') onEnded()
    })
  }, [backend, onEnded])
}
