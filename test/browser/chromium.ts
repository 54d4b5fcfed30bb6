import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { onTestFailed } from 'vitest'

export { launchChromium } from './launch.ts'

const slowness = Number(process.env.BERTH_TEST_SLOWNESS ?? '1')

/** A browser window with nothing of the others', and what went wrong in it. */
export interface Window {
  readonly page: Page
  /** Errors thrown by the page or written to its console by it or the browser (a refused script or style among them). */
  readonly errors: string[]
  close(): Promise<void>
}

/** Opens a window of its own: other cookies, other storage. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1400, height: 900 },
    locale: 'en-US',
    ...options,
  })
  context.setDefaultTimeout(20_000 * slowness)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return { page, errors, close: () => context.close() }
}

// Chromium gives up what it is loading when an address of the machine comes or goes, as it does when any container starts.
async function again(load: () => Promise<unknown>): Promise<void> {
  for (let left = 5; ; left -= 1)
    try {
      await load()
      return
    } catch (error) {
      if (left === 0 || !/ERR_NETWORK_CHANGED|chrome-error:/.test(String(error))) throw error
    }
}

/** Opens the address, again where the machine's network changed meanwhile. */
export const visit = (page: Page, url: string): Promise<void> => again(() => page.goto(url))

/** Loads the page once more (F5), again where the machine's network changed meanwhile. */
export const reload = (page: Page): Promise<void> => again(() => page.reload())

/** Logs in with a system account at the console. */
export async function logIn(page: Page, url: string, user: string, password: string): Promise<void> {
  await visit(page, url)
  await page.getByLabel('User name').fill(user)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Called in a test: keeps a picture of the window in .cache/browser if the test fails. */
export function pictureOnFailure({ page }: Window): void {
  onTestFailed(async ({ task }) => {
    const folder = join(import.meta.dirname, '../../.cache/browser')
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${task.name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60)}.png`) }).catch(() => {})
  })
}
