import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { renderConsole } from '../testing/render.tsx'
import { chooseTheme, followTheme } from './theme.ts'

afterEach(() => {
  chooseTheme('auto')
  localStorage.clear()
  document.documentElement.classList.remove('pf-v6-theme-dark', 'berth-themed')
})

const isDark = () => document.documentElement.classList.contains('pf-v6-theme-dark')

test('a theme is chosen in the menu of the user, is shown at once and kept', async () => {
  const user = userEvent.setup()
  renderConsole(createFakeEngine(fakeHost()))
  const choose = async (title: string) => {
    await user.click(await screen.findByRole('button', { name: 'alice' }))
    await user.click(screen.getByRole('menuitem', { name: title }))
  }
  await choose('Dark')
  expect([isDark(), localStorage.getItem('shell:style')]).toEqual([true, 'dark'])
  await choose('Light')
  expect([isDark(), localStorage.getItem('shell:style')]).toEqual([false, 'light'])
})

test('what was chosen before, or in a Cockpit, is shown from the start', () => {
  localStorage.setItem('shell:style', 'dark')
  followTheme()
  expect(isDark()).toBe(true)
  localStorage.setItem('shell:style', 'no such theme')
  window.dispatchEvent(new CustomEvent('cockpit-style'))
  expect(isDark()).toBe(false)
})
