import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { ProblemText } from './problem-text.tsx'

test('a failure of the runtime is a sentence; its own words are one click away', async () => {
  const user = userEvent.setup()
  const raw = 'crun: executable file `nope` not found: OCI runtime attempted to invoke a command that was not found'
  render(<ProblemText error={new EngineError('CommandNotFound', raw, { details: { command: 'nope' } })} />)
  expect(screen.getByText(/^The image has no program nope/)).toBeTruthy()
  expect(screen.queryByText(raw)).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Details' }))
  expect(screen.getByText(raw)).toBeTruthy()
})

test('a message of ours stands alone', () => {
  render(<ProblemText error={new EngineError('StoreBusy', 'The image a is used by b; remove b first.')} />)
  expect(screen.getByText('The image a is used by b; remove b first.')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})
