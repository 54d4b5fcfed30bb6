import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { PasswordForm } from './password-form.tsx'

test('what is left empty is said at its field, and nothing is sent', async () => {
  const sent: string[][] = []
  const user = userEvent.setup()
  render(<PasswordForm busy={false} refused={false} onSubmit={(...words) => sent.push(words)} />)
  const [name, password] = [screen.getByLabelText('User name'), screen.getByLabelText('Password')]
  await user.click(screen.getByRole('button', { name: 'Log in' }))
  expect(screen.getByText('Enter your user name.')).toBeTruthy()
  expect(screen.getByText('Enter your password.')).toBeTruthy()
  expect(document.activeElement).toBe(name)
  await user.type(name, 'alice{Enter}')
  expect(screen.queryByText('Enter your user name.')).toBeNull()
  expect(name.getAttribute('aria-invalid')).toBe('false')
  expect(password.getAttribute('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(password)
  await user.type(password, 'secret{Enter}')
  expect(sent).toEqual([['alice', 'secret']])
  expect(screen.queryByText('Enter your password.')).toBeNull()
})
