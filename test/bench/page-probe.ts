import { setTimeout as sleep } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'

/** Measures a page from outside, and its own clock from inside. */
export interface PageProbe {
  /** Milliseconds from the beginning of the page's load until an element is there and painted. */
  shown(selector: string): Promise<number>
  /** Milliseconds from a key or a click until a table has another number of rows, or another first one, and is painted. */
  response(selector: string, act: () => Promise<void>): Promise<number>
  /** Bytes of payload a second that the server sends over websockets for so many seconds. */
  received(seconds: number): Promise<number>
  /** Milliseconds of processor time that the page's main thread has used. */
  worked(): Promise<number>
  /** Percent of a core that it uses in so many seconds. */
  busy(seconds: number): Promise<number>
  /** Kilobytes of scripts that came over the wire since the last call, compressed. */
  scripts(): number
  /** Watches no longer: the browser then copies no message of a websocket for it. */
  leave(): Promise<void>
  /** Milliseconds between two frames while an element scrolls for so many seconds; the 95th of a hundred. */
  frames(selector: string, seconds: number): Promise<number>
}

/** Attaches to a page; `watched` are the selectors whose first appearance is to be told. */
export async function probe(page: Page, watched: readonly string[]): Promise<PageProbe> {
  await page.addInitScript(watchFirst, watched)
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Performance.enable')
  const wire = countWire(session)
  return {
    shown: (selector) => page.evaluate((key) => (window as Watching).berthShown!.get(key)!, selector),
    async response(selector, act) {
      // Watched before the key is sent, which the browser may hand over sooner than a question to the page.
      await page.evaluate(watchChange, selector)
      await act()
      return page.evaluate(() => (window as Watching).berthChange!)
    },
    async received(seconds) {
      const before = wire.frames
      await sleep(seconds * 1000)
      return (wire.frames - before) / seconds
    },
    async busy(seconds) {
      const before = await threadTime(session)
      await sleep(seconds * 1000)
      return ((await threadTime(session)) - before) / seconds / 10
    },
    worked: () => threadTime(session),
    scripts() {
      const bytes = wire.scripts
      wire.scripts = 0
      return bytes / 1000
    },
    leave: () => session.detach(),
    frames: (selector, seconds) => page.evaluate(scrollFrames, { selector, seconds }),
  }
}

function countWire(session: CDPSession): { frames: number; scripts: number } {
  const wire = { frames: 0, scripts: 0 }
  const scripts = new Set<string>()
  session.on('Network.webSocketFrameReceived', ({ response: { opcode, payloadData } }) => {
    // Binary frames come as base64.
    wire.frames += opcode === 2 ? payloadData.length * 0.75 : payloadData.length
  })
  session.on('Network.responseReceived', ({ requestId, type }) => void (type === 'Script' && scripts.add(requestId)))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) wire.scripts += encodedDataLength
  })
  return wire
}

async function threadTime(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  const found = metrics.find(({ name }) => name === 'ThreadTime')
  if (!found) throw new Error('This Chromium does not tell the time of its main thread.')
  return found.value * 1000
}

// The following run in the page.

type Watching = Window & { berthShown?: Map<string, Promise<number>>; berthChange?: Promise<number> }

/**
 * Notes when each of some elements is there for the first time since the page began to load, and painted. It looks when something has
 * changed: looking in every frame would keep the page drawing, and be measured with it.
 */
function watchFirst(selectors: readonly string[]): void {
  const appeared = async (selector: string): Promise<number> =>
    new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(selector) === null) return
        observer.disconnect()
        // The frame that has it is painted when the next one begins.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
      })
      observer.observe(document, { childList: true, subtree: true })
    })
  ;(window as Watching).berthShown = new Map(selectors.map((selector) => [selector, appeared(selector)]))
}

function watchChange(selector: string): void {
  const state = () => {
    const table = document.querySelector(selector)
    return `${table?.getAttribute('aria-rowcount')} ${table?.querySelector('[data-row]')?.getAttribute('data-row')}`
  }
  ;(window as Watching).berthChange = new Promise((resolve, reject) => {
    const before = state()
    let began = 0
    setTimeout(() => reject(new Error(`Nothing changed in ${selector}.`)), 60_000)
    const begin = (event: Event) => (began ||= event.timeStamp)
    for (const type of ['keydown', 'pointerdown']) addEventListener(type, begin, { capture: true, once: true })
    const observer = new MutationObserver(() => {
      if (began === 0 || state() === before) return
      observer.disconnect()
      // The frame that has it is painted when the next one begins.
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)))
    })
    observer.observe(document, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['aria-rowcount', 'data-row'],
    })
  })
}

function scrollFrames({ selector, seconds }: { selector: string; seconds: number }): Promise<number> {
  const box = document.querySelector(selector)!
  return new Promise((resolve) => {
    const spans: number[] = []
    let last = performance.now()
    const end = last + seconds * 1000
    const step = (now: number) => {
      spans.push(now - last)
      last = now
      box.scrollTop += 40
      if (now < end) requestAnimationFrame(step)
      else resolve(spans.slice(2).toSorted((a, b) => a - b)[Math.floor((spans.length - 2) * 0.95)]!)
    }
    requestAnimationFrame(step)
  })
}
