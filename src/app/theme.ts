import { createStore, type Store } from '../engine/store.ts'

const dark = window.matchMedia('(prefers-color-scheme: dark)')

/** The theme set in Cockpit's shell; `auto` follows the system. */
function shellStyle(): string {
  try {
    return localStorage.getItem('shell:style') ?? 'auto'
  } catch {
    return 'auto'
  }
}

function isDark(embedded: boolean): boolean {
  const style = embedded ? shellStyle() : 'auto'
  return style === 'dark' || (style === 'auto' && dark.matches)
}

const theme = createStore<'light' | 'dark'>('light')

/** The current theme, for components that draw themselves (terminals). */
export const shownTheme: Store<'light' | 'dark'> = theme

/** Shows the system's theme (or, inside a Cockpit, the one chosen there) and follows it. */
export function followTheme(embedded: boolean): void {
  const show = () => {
    const now = isDark(embedded)
    document.documentElement.classList.toggle('pf-v6-theme-dark', now)
    document.documentElement.classList.add('berth-themed')
    theme.set(now ? 'dark' : 'light')
  }
  show()
  dark.addEventListener('change', show)
  if (!embedded) return
  window.addEventListener('storage', (event) => event.key === 'shell:style' && show())
  window.addEventListener('cockpit-style', show)
}
