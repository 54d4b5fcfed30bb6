import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { fakeImage } from '../../testing/fake-data.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { renderConsole } from '../../testing/render.tsx'

test('of very many images the first are drawn, more on demand, and the filter looks at all', async () => {
  const images = Array.from({ length: 130 }, (_unused, index) => fakeImage(`example.org/app-${String(index).padStart(3, '0')}:1`))
  const { user } = renderConsole(createFakeEngine({ images }), '#/images')
  expect(await screen.findByText('100 of 130 are shown.')).toBeTruthy()
  expect(screen.getAllByRole('row')).toHaveLength(101)
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(screen.getAllByRole('row')).toHaveLength(131)
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()
  await user.type(screen.getByRole('textbox', { name: 'Filter images' }), 'app-129')
  expect(screen.getAllByRole('row')).toHaveLength(2)
})
