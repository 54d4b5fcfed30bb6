import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { fakeImage } from '../../testing/fake-data.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { renderConsole } from '../../testing/render.tsx'

test('of very many images those in sight are rendered, and the filter looks at all', async () => {
  const images = Array.from({ length: 130 }, (_unused, index) => fakeImage(`example.org/app-${String(index).padStart(3, '0')}:1`))
  const { user } = renderConsole(createFakeEngine({ images }), '#/images')
  const table = await screen.findByRole('table', { name: 'Images' })
  expect(table.getAttribute('aria-rowcount')).toBe('131')
  expect(screen.getAllByRole('row').length).toBeLessThan(40)
  await user.type(screen.getByRole('textbox', { name: 'Filter images' }), 'app-129')
  expect(screen.getAllByRole('row')).toHaveLength(2)
})
