import type { Browser, Page } from 'playwright-core'
import { type Console, rootPassword } from '../browser/console-process.ts'
import { probe, type PageProbe } from './page-probe.ts'

/** Opens a place of the console as root, after a log-in if that is needed; `watched` as for {@link probe}. */
export async function openConsole(
  browser: Browser,
  console_: Console,
  place: string,
  watched: readonly string[],
): Promise<{ page: Page; probe: PageProbe }> {
  const context =
    browser.contexts()[0] ?? (await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } }))
  const opened = await context.newPage()
  const made = await probe(opened, watched)
  await opened.goto(`${console_.url}/${place}`)
  const password = opened.getByLabel('Password')
  const first = await Promise.race([
    password.waitFor().then(() => 'login' as const),
    opened
      .locator('#berth-tasks-button')
      .waitFor()
      .then(() => 'in' as const),
  ])
  if (first === 'login') {
    await opened.getByLabel('User name').fill('root')
    await password.fill(rootPassword)
    await opened.getByRole('button', { name: 'Log in' }).click()
  }
  await opened.locator('#berth-tasks-button').waitFor()
  return { page: opened, probe: made }
}
