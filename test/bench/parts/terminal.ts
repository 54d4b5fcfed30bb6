import type { Browser, Page } from 'playwright-core'
import { type Console, startConsoleProcess } from '../../browser/console-process.ts'
import { launchChromium } from '../../browser/launch.ts'
import type { Bench, Part } from '../bench.ts'
import { openConsole } from '../console-page.ts'
import { makeContainers, type ManyContainers } from '../many-containers.ts'
import { median } from '../measure.ts'

/** A container's terminal in Chromium while a program floods it. */
export const terminal: Part = {
  name: 'terminal',
  async run(bench) {
    const console_ = await startConsoleProcess({ stage: { dist: `${bench.folder}/dist`, folder: bench.folder }, name: 'console' })
    let browser: Browser | undefined
    let containers: ManyContainers | undefined
    try {
      containers = await makeContainers(console_, bench.launcher, bench.busybox, 1)
      await containers.run(1)
      browser = await launchChromium()
      await floods(bench, await openTerminal(browser, console_))
    } finally {
      await browser?.close()
      await containers?.remove()
      await console_.stop()
    }
  },
}

async function openTerminal(browser: Browser, console_: Console): Promise<Page> {
  const { page, probe } = await openConsole(browser, console_, '#/containers', [])
  await probe.leave()
  await page.getByRole('link', { name: 'worker-0000' }).click()
  await page.getByRole('tab', { name: 'Terminal' }).click()
  await page.locator('.xterm-rows').getByText('/ #').waitFor()
  return page
}

async function floods(bench: Bench, page: Page): Promise<void> {
  const [drawn, stopped]: [number[], number[]] = [[], []]
  for (let round = 0; round < (bench.quick ? 2 : 5); round += 1) {
    await page.keyboard.type(`yes abcdefghijklmnopqrstuvwxyz0123456789 | head -c 10000000; echo; echo end-$((${round}+100))`)
    drawn.push(await shows(page, `end-${round + 100}`, () => page.keyboard.press('Enter')))
    await page.keyboard.type('yes')
    await shows(page, 'y', () => page.keyboard.press('Enter'))
    await page.waitForTimeout(1000)
    stopped.push(await shows(page, '/ #', () => page.keyboard.press('Control+c')))
  }
  bench.add({ what: '10 MB of output in a terminal', unit: 'ms', berth: median(drawn), limit: 3000 })
  bench.add({ what: 'Ctrl-C while a program floods a terminal', unit: 'ms', berth: median(stopped), limit: 200 })
}

/** Milliseconds from a key until a row of the terminal begins with a text that none did before. */
async function shows(page: Page, text: string, act: () => Promise<void>): Promise<number> {
  await page.evaluate((wanted) => {
    const rows = document.querySelector('.xterm-rows')!
    const held = () => [...rows.children].filter((row) => row.textContent!.startsWith(wanted)).length
    ;(window as Waiting).berthShown = new Promise((resolve) => {
      let [began, before] = [0, held()]
      addEventListener('keydown', (event) => (began ||= event.timeStamp), { capture: true, once: true })
      const observer = new MutationObserver(() => {
        const now = held()
        if (began === 0 || now <= before) return void (before = Math.min(before, now))
        observer.disconnect()
        resolve(performance.now() - began)
      })
      observer.observe(rows, { childList: true, subtree: true, characterData: true })
    })
  }, text)
  await act()
  return page.evaluate(() => (window as Waiting).berthShown!)
}

type Waiting = Window & { berthShown?: Promise<number> }
