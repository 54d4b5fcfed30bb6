import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { type Console, startConsoleProcess } from '../../browser/console-process.ts'
import { launchChromium } from '../../browser/launch.ts'
import type { Bench, Part } from '../bench.ts'
import { openConsole } from '../console-page.ts'
import { cpuOfAgents, cpuOfRecorder, serverOf } from '../console-processes.ts'
import { makeContainers, type ManyContainers } from '../many-containers.ts'
import { median } from '../measure.ts'
import { memoryOf } from '../engines.ts'
import { probe, type PageProbe } from '../page-probe.ts'

/** The page in Chromium, with the real console and many containers. */
export const page: Part = {
  name: 'page',
  async run(bench) {
    const count = bench.quick ? 200 : 1000
    const console_ = await startConsoleProcess({ stage: { dist: `${bench.folder}/dist`, folder: bench.folder }, name: 'console' })
    let browser: Browser | undefined
    let many: ManyContainers | undefined
    try {
      many = await makeContainers(console_, bench.launcher, bench.busybox, count)
      await many.run(100)
      browser = await launchChromium()
      await idleTraffic(bench, console_, browser)
      await many.run(bench.quick ? 100 : 300)
      await listOfMany(bench, console_, browser, count)
      await memoryAfterUse(bench, console_, browser)
    } finally {
      await browser?.close()
      await many?.remove()
      await console_.stop()
    }
  },
}

const rows = '.berth-containers tr[data-row]'
const charts = '.recharts-surface'
const open = (browser: Browser, console_: Console, place: string) => openConsole(browser, console_, place, [rows, charts])

/** What an idle tab costs the network and the agent, and what a second one adds. */
async function idleTraffic({ add, quick }: Bench, console_: Console, browser: Browser): Promise<void> {
  const seconds = quick ? 6 : 20
  const one = await open(browser, console_, '#/containers')
  await one.page.locator(rows).first().waitFor()
  // Not what has just started, whose code is still being compiled.
  await sleep(quick ? 5000 : 60_000)
  const [bytes, alone, recorder] = await Promise.all([
    one.probe.received(seconds),
    cpuOfAgents(console_, seconds),
    cpuOfRecorder(console_, seconds),
  ])
  add({ what: 'idle tab with 100 running containers', unit: 'kB/s', berth: bytes / 1000, limit: 8 })
  const other = await open(browser, console_, '#/containers')
  await other.page.locator(rows).first().waitFor()
  await sleep(5000)
  const both = await cpuOfAgents(console_, seconds)
  add({ what: 'recorder of the usage of 100 running containers', unit: '% of a core', berth: recorder, limit: 0.5 })
  add({ what: 'agent of one idle tab', unit: '% of a core', berth: alone })
  add({ what: 'agent of two idle tabs', unit: '% of a core', berth: both })
  await other.page.close()
  await one.page.close()
}

/** Wall clock and processor time of something that a page does, in milliseconds; medians. */
async function both(
  bench: Bench,
  what: string,
  limit: number,
  at: PageProbe,
  acts: readonly (() => Promise<number>)[],
): Promise<void> {
  const [clock, work]: [number[], number[]] = [[], []]
  for (const act of acts) {
    const before = await at.worked()
    clock.push(await act())
    const after = await at.worked()
    // A document that was loaded again may have a new main thread, which counts from its own beginning.
    work.push(after < before ? after : after - before)
  }
  bench.add({ what, unit: 'ms', berth: median(clock), limit })
  bench.add({ what: `${what}, processor`, unit: 'ms', berth: median(work) })
}

async function listOfMany(bench: Bench, console_: Console, browser: Browser, count: number): Promise<void> {
  const { add, quick } = bench
  const { page: tab, probe: at } = await open(browser, console_, '#/containers')
  const reload = async () => {
    await tab.reload()
    return at.shown(rows)
  }
  await both(
    bench,
    `first rows of ${count} containers`,
    600,
    at,
    Array.from({ length: quick ? 3 : 5 }, () => reload),
  )
  await firstScripts(bench, console_, browser)
  await sleep(12_000)
  add({ what: `main thread, ${count} containers, idle`, unit: '% of a core', berth: await at.busy(quick ? 6 : 20), limit: 5 })
  add({ what: 'frame while scrolling, 95th of 100', unit: 'ms', berth: await at.frames('.berth-table-scroll', 4), limit: 18 })
  await tab.locator('.berth-table-scroll').evaluate((box) => (box.scrollTop = 0))
  await tab.locator('.berth-search input').fill('worker-0')
  const keys = ['1', '2', 'Backspace', 'Backspace']
  const typed = keys.map((key) => () => at.response('.berth-containers', () => tab.keyboard.press(key)))
  await both(bench, `filter key, ${count} containers`, 50, at, typed)
  const header = tab.locator('.berth-containers thead button').filter({ hasText: 'Name' })
  const sorted = keys.map(() => () => at.response('.berth-containers', () => header.click()))
  await both(bench, `sort, ${count} containers`, 100, at, sorted)
  await tab.goto(`${console_.url}/#/`)
  const overview = async () => {
    await tab.reload()
    return at.shown(charts)
  }
  await both(bench, `overview of ${count} containers, with its charts`, 2000, at, [overview, overview, overview])
  await tab.close()
}

/** What a browser that was never here loads. */
async function firstScripts({ add }: Bench, console_: Console, browser: Browser): Promise<void> {
  const fresh = await browser.newContext({ ignoreHTTPSErrors: true })
  const first = await fresh.newPage()
  const scripts = await probe(first, [])
  await first.goto(`${console_.url}/#/containers`)
  await first.getByLabel('Password').waitFor()
  add({ what: 'scripts of the first load, with the list', unit: 'kB', berth: scripts.scripts(), limit: 260 })
  await fresh.close()
}

/** The server's memory after pages were loaded again and again and much went through it, over that at its start. */
async function memoryAfterUse({ add, quick }: Bench, console_: Console, browser: Browser): Promise<void> {
  const server = serverOf(console_)
  const before = memoryOf(server).pss
  const { page: tab } = await open(browser, console_, '#/containers')
  for (let round = 0; round < (quick ? 5 : 30); round += 1) {
    await tab.reload()
    await tab.locator(rows).first().waitFor()
  }
  await tab.close()
  await sleep(30_000)
  add({ what: 'console server, PSS that reloads left', unit: 'MiB', berth: memoryOf(server).pss - before, limit: 20 })
}
