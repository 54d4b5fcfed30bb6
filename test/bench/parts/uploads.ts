import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startConsoleProcess } from '../../browser/console-process.ts'
import { launchChromium } from '../../browser/launch.ts'
import type { Bench, Part } from '../bench.ts'
import { bigImages } from '../big-image.ts'
import { openConsole } from '../console-page.ts'
import { subjects } from '../engines.ts'
import { median } from '../measure.ts'

/** Megabytes a second that an archive is to be loaded with at least. */
const aim = 150

/** An archive of an image, loaded from the browser's machine through the page. */
export const uploads: Part = {
  name: 'uploads',
  async run(bench) {
    const archive = await makeArchive(bench)
    const megabytes = statSync(archive).size / 1e6
    const console_ = await startConsoleProcess({ stage: { dist: `${bench.folder}/dist`, folder: bench.folder }, name: 'console' })
    const browser = await launchChromium()
    try {
      const { page, probe } = await openConsole(browser, console_, '#/images', [])
      await probe.leave()
      const times: number[] = []
      for (let round = 0; round < (bench.quick ? 2 : 5); round += 1) times.push(await load(page, archive))
      const what = `load of ${Math.round(megabytes)} MB through the browser`
      bench.add({ what, unit: 'ms', berth: median(times), limit: (megabytes / aim) * 1000 })
    } finally {
      await browser.close()
      await console_.stop()
    }
  },
}

export async function makeArchive(bench: Bench): Promise<string> {
  const { gzip } = await bigImages(bench.folder)
  const name = await bench.registry.push(gzip)
  const [berth] = subjects(bench.launcher, join(bench.folder, 'uploads'), bench.registriesConf)
  mkdirSync(berth.folder, { recursive: true })
  await berth.run('pull', '-q', name)
  const archive = join(berth.folder, 'image.tar')
  await berth.run('save', '-q', '-o', archive, name)
  return archive
}

/** Milliseconds from the click until the page says that it is loaded; the image is removed again. */
export async function load(page: Page, archive: string): Promise<number> {
  await page.getByRole('button', { name: 'More image actions' }).click()
  await page.getByRole('menuitem', { name: 'Load images…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[type=file]').setInputFiles(archive)
  const began = performance.now()
  await dialog.getByRole('button', { name: 'Load', exact: true }).click()
  await loaded(page)
  const milliseconds = performance.now() - began
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page
    .getByRole('row')
    .filter({ hasText: 'big-gzip' })
    .getByRole('button', { name: /^Actions for/ })
    .click()
  await page.getByRole('menuitem', { name: 'Remove…' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('row').filter({ hasText: 'big-gzip' }).waitFor({ state: 'detached' })
  return milliseconds
}

/** When the dialog says that the archive is loaded. Playwright's own wait looks at every frame, which takes time from what is measured. */
async function loaded(page: Page): Promise<void> {
  await page.evaluate(
    async () =>
      new Promise<void>((resolve) => {
        const look = (): boolean =>
          [...document.querySelectorAll('[role=dialog] div')].some((each) => each.textContent?.startsWith('Loaded '))
        const observer = new MutationObserver(() => {
          if (!look()) return
          observer.disconnect()
          resolve()
        })
        observer.observe(document.body, { childList: true, subtree: true, characterData: true })
      }),
  )
}
