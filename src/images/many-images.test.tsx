import { screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { fakeImage } from '../testing/fake-data.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'

vi.setConfig({ testTimeout: 60_000 })

test('of very many images the first are drawn, more on demand, and the filter looks at all', async () => {
  const images = Array.from({ length: 320 }, (_unused, index) => fakeImage(`example.org/app-${String(index).padStart(3, '0')}:1`))
  const { user } = renderConsole(createFakeEngine({ images }), '#/images')
  expect(await screen.findByText('100 of 320 are shown.', undefined, { timeout: 20_000 })).toBeTruthy()
  expect(screen.getAllByRole('row')).toHaveLength(101)
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(screen.getByText('300 of 320 are shown.')).toBeTruthy()
  await user.type(screen.getByRole('textbox', { name: 'Filter images' }), 'app-319')
  expect(screen.getAllByRole('row')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
})
