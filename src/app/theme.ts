import { createStore, type Store } from '../engine/store.ts'

/** What can be chosen: light, dark, or as the system has it. */
export type Theme = 'auto' | 'light' | 'dark'

/** Where Cockpit's shell keeps it; pages of a Cockpit beside ours follow it too. */
const key = 'shell:style'

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')
const chosen = createStore<Theme>('auto')

/** The theme that was chosen. */
export const chosenTheme: Store<Theme> = chosen

/** Chooses a theme for this browser, in all its tabs. A browser that keeps nothing has it until it is reloaded. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // The browser refuses to keep anything of this page.
  }
  show(theme)
}

/** Shows the theme that was chosen here or in Cockpit's shell, or that of the system, and follows both. */
export function followTheme(): void {
  show(stored())
  systemIsDark.addEventListener('change', () => show(chosen.get()))
  window.addEventListener('storage', (event) => event.key === key && show(stored()))
  window.addEventListener('cockpit-style', () => show(stored()))
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(key)
    return value === 'light' || value === 'dark' ? value : 'auto'
  } catch {
    return 'auto'
  }
}

function show(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'auto' && systemIsDark.matches)
  document.documentElement.classList.toggle('pf-v6-theme-dark', isDark)
  document.documentElement.classList.add('berth-themed')
  chosen.set(theme)
}
