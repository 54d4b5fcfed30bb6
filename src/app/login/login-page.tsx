import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Card, CardBody, CardFooter, CardHeader } from '@patternfly/react-core/dist/esm/components/Card'
import { Form, FormGroup } from '@patternfly/react-core/dist/esm/components/Form'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { type FormEvent, useEffect, useRef, useState } from 'react'

import { _, format } from '../../i18n/gettext.ts'
import { BerthLogo } from '../../ui/berth-logo.tsx'
import { LanguageSelect } from '../language-select.tsx'
import { type LoginResult, logIn, type Prompt } from './login-request.ts'
import { PasswordForm } from './password-form.tsx'

interface LoginPageProps {
  /** Why the last session ended. */
  notice?: string
  onLogin: () => void
}

/** The login form for system accounts. */
export function LoginPage({ notice, onLogin }: LoginPageProps) {
  const [prompt, setPrompt] = useState<Prompt>()
  const [reason, setReason] = useState<string>()
  const [busy, setBusy] = useState(false)
  const attempt = async (work: () => Promise<LoginResult>) => {
    setBusy(true)
    setReason(undefined)
    const result = await work()
    setBusy(false)
    setPrompt(result.outcome === 'asked' ? result.prompt : undefined)
    if (result.outcome === 'refused') setReason(result.reason)
    if (result.outcome === 'in') onLogin()
  }
  return (
    <main className="berth-login">
      <Card className="berth-login-card" isLarge>
        <CardHeader>
          <BerthLogo large />
          <h1 className="berth-login-title">{_('Log in')}</h1>
          <p className="berth-quiet">{format(_('Log in with your account on {host}'), { host: window.location.hostname })}</p>
        </CardHeader>
        <CardBody>
          {notice && !reason && <Alert isInline variant="info" title={notice} className="berth-login-alert" />}
          {reason && <Alert isInline variant="danger" title={reason} role="alert" className="berth-login-alert" />}
          {prompt ? (
            <PromptForm prompt={prompt} busy={busy} onAnswer={(answer) => attempt(() => prompt.answer(answer))} />
          ) : (
            <PasswordForm
              busy={busy}
              refused={reason !== undefined}
              onSubmit={(user, password) => attempt(() => logIn(user, password))}
            />
          )}
        </CardBody>
        <CardFooter>
          <LanguageSelect />
        </CardFooter>
      </Card>
    </main>
  )
}

function PromptForm({ prompt, busy, onAnswer }: { prompt: Prompt; busy: boolean; onAnswer: (answer: string) => void }) {
  const answer = useRef<HTMLInputElement>(null)
  useEffect(() => answer.current?.focus(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onAnswer(answer.current?.value ?? '')
  }
  return (
    <Form onSubmit={submit}>
      <FormGroup label={prompt.text || _('Response')} fieldId="login-answer">
        <TextInput ref={answer} id="login-answer" type="password" autoComplete="one-time-code" />
      </FormGroup>
      <Button type="submit" variant="primary" isBlock isLoading={busy} isDisabled={busy}>
        {_('Continue')}
      </Button>
    </Form>
  )
}
