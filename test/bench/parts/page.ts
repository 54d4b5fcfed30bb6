import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { type Console, rootPassword, startConsoleProcess } from '../../browser/console-process.ts'
import { launchChromium } from '../../browser/launch.ts'
import { pids } from '../../support/users.ts'
import type { Bench, Part } from '../bench.ts'
import { makeContainers } from '../many-containers.ts'
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
    try {
      const many = await makeContainers(console_, bench.launcher, bench.busybox, count)
      await many.run(100)
      browser = await launchChromium()
      await idleTraffic(bench, console_, browser)
      await many.run(bench.quick ? 100 : 300)
      await listOfMany(bench, console_, browser, count)
      await memoryAfterUse(bench, console_, browser)
      await browser.close()
      await many.remove()
    } finally {
      await browser?.close()
      await console_.stop()
    }
  },
}

const rows = '.berth-containers tr[data-row]'
const charts = '.recharts-surface'

async function open(browser: Browser, console_: Console, place: string): Promise<{ page: Page; probe: PageProbe }> {
  const context =
    browser.contexts()[0] ?? (await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } }))
  const opened = await context.newPage()
  const made = await probe(opened, [rows, charts])
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

/** What an idle tab costs the network and the agent, and what a second one adds. */
async function idleTraffic({ add, quick }: Bench, console_: Console, browser: Browser): Promise<void> {
  const seconds = quick ? 6 : 20
  const one = await open(browser, console_, '#/containers')
  await one.page.locator(rows).first().waitFor()
  await sleep(5000)
  const [bytes, alone] = await Promise.all([one.probe.received(seconds), cpuOfAgents(console_, seconds)])
  add({ what: 'idle tab with 100 running containers', unit: 'kB/s', berth: bytes / 1000, limit: 8 })
  const other = await open(browser, console_, '#/containers')
  await other.page.locator(rows).first().waitFor()
  await sleep(5000)
  const both = await cpuOfAgents(console_, seconds)
  add({ what: 'agent of one idle tab', unit: '% of a core', berth: alone })
  add({ what: 'agent of two idle tabs', unit: '% of a core', berth: both })
  await other.page.close()
  await one.page.close()
}

async function listOfMany({ add, quick }: Bench, console_: Console, browser: Browser, count: number): Promise<void> {
  const rounds = quick ? 3 : 5
  const { page: tab, probe: at } = await open(browser, console_, '#/containers')
  const loads: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await tab.reload()
    loads.push(await at.shown(rows))
  }
  add({ what: `first rows of ${count} containers`, unit: 'ms', berth: median(loads), limit: 600 })
  const fresh = await browser.newContext({ ignoreHTTPSErrors: true, storageState: await tab.context().storageState() })
  const first = await fresh.newPage()
  const scripts = await probe(first, [])
  await first.goto(`${console_.url}/#/containers`)
  await first.getByLabel('Password').waitFor()
  add({ what: 'scripts of the first load', unit: 'kB', berth: scripts.scripts(), limit: 260 })
  await fresh.close()
  await sleep(5000)
  add({ what: `main thread, ${count} containers, idle`, unit: '% of a core', berth: await at.busy(quick ? 6 : 20), limit: 5 })
  add({ what: 'frame while scrolling, 95th of 100', unit: 'ms', berth: await at.frames('.berth-table-scroll', 4), limit: 18 })
  await tab.locator('.berth-table-scroll').evaluate((box) => (box.scrollTop = 0))
  const keys: number[] = []
  await tab.locator('.berth-search input').click()
  for (const key of ['9', '9', 'Backspace', 'Backspace'])
    keys.push(await at.response('.berth-containers', () => tab.keyboard.press(key)))
  add({ what: `filter key, ${count} containers`, unit: 'ms', berth: median(keys), limit: 50 })
  const sorts: number[] = []
  for (const title of ['State', 'Name', 'State', 'Name']) {
    const header = tab.locator('.berth-containers thead button').filter({ hasText: title })
    sorts.push(await at.response(`${rows} a`, () => header.click()))
  }
  add({ what: `sort, ${count} containers`, unit: 'ms', berth: median(sorts), limit: 100 })
  await tab.goto(`${console_.url}/#/`)
  await tab.reload()
  add({ what: `overview of ${count} containers, with its charts`, unit: 'ms', berth: await at.shown(charts) })
  await tab.close()
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

/** The processes that a console has started, and those that these have. */
function processesOf(console_: Console): { pid: number; words: string[] }[] {
  const parents = new Map(pids().flatMap((pid) => (parentOf(pid) === undefined ? [] : [[pid, parentOf(pid)!] as const])))
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === console_.service.child.pid || isOurs(parents.get(pid)))
  return [...parents.keys()].filter(isOurs).map((pid) => ({ pid, words: read(`/proc/${pid}/cmdline`).split('\0') }))
}

const serverOf = (console_: Console): number => {
  const found = processesOf(console_).find(({ words }) => words.includes('server'))
  if (!found) throw new Error('The console has no server.')
  return found.pid
}

/** Percent of a core that all agents use in so many seconds. */
async function cpuOfAgents(console_: Console, seconds: number): Promise<number> {
  const agents = processesOf(console_).filter(({ words }) => words.at(-2) === 'agent')
  const ticks = () =>
    agents.reduce(
      (sum, { pid }) =>
        sum +
        fields(pid)
          .slice(11, 13)
          .reduce((all, each) => all + Number(each), 0),
      0,
    )
  const before = ticks()
  await sleep(seconds * 1000)
  return (ticks() - before) / seconds
}

const parentOf = (pid: number): number | undefined => Number(fields(pid)[1]) || undefined

/** The fields of proc_pid_stat(5) after the name; times in hundredths of a second. */
const fields = (pid: number): string[] => read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // It has ended meanwhile.
  }
}
