import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { launchChromium, logIn, openWindow, visit, type Window } from './chromium.ts'
import { type Console, rootPassword, startConsole } from './console.ts'
import { act, openCreateDialog } from './dialogs.ts'

const { images } = inject('stage')
let browser: Browser
let console_: Console
let window: Window

beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
})

afterAll(async () => {
  await removeAll()
  await window?.close()
  await browser?.close()
  await console_?.stop()
})

/** Root's store is inside the console's namespace: only the page reaches it. */
async function removeAll(): Promise<void> {
  const { page } = window
  await visit(page, `${console_.url}/#/containers`)
  await act(page, 'counter', 'Remove…')
  const force = page.getByRole('dialog').getByRole('checkbox')
  for (let at = 0; at < (await force.count()); at += 1) await force.nth(at).check()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /remove/i })
    .click()
  // The row goes when the page knows, the dialog when it is done: a shell that ignores SIGTERM takes ten seconds.
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /counter/ }).waitFor({ state: 'detached' })
}

test('root checkpoints a counting container and restores it: it goes on counting where it was', async () => {
  const { page } = window
  await logIn(page, console_.url, 'root', rootPassword)
  await page.getByRole('link', { name: 'Containers' }).first().click()
  const dialog = await openCreateDialog(page, images.busybox, 'counter')
  await dialog
    .getByLabel('Command', { exact: true })
    .fill(`sh -c 'i=0; while true; do i=$((i+1)); echo count-$i; sleep 0.5; done'`)
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('row', { name: /counter/ })
  await row.getByText('Running').waitFor()
  await page.waitForTimeout(2500)
  await act(page, 'counter', 'Checkpoint…')
  await page.getByRole('dialog').getByRole('button', { name: 'Checkpoint' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await row.getByText('Exited').or(row.getByText('Checkpointed')).first().waitFor()
  await act(page, 'counter', 'Restore…')
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await row.getByText('Running').waitFor()
  await page.getByRole('link', { name: 'counter' }).click()
  await page.getByRole('tab', { name: 'Logs' }).click()
  await page
    .getByText(/count-8\b/)
    .first()
    .waitFor()
  const counts = [...(await page.getByRole('tabpanel').innerText()).matchAll(/count-(\d+)/g)].map((match) => Number(match[1]))
  // Started again, it would print count-1 twice.
  expect(counts.filter((count) => count === 1).length).toBeLessThanOrEqual(1)
  expect(counts).toEqual([...counts].sort((one, other) => one - other))
})
