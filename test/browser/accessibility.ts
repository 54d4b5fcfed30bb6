import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  run(context: object, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/**
 * axe's findings as text, once no animation runs any more.
 * @param only the rules to look at, all by default.
 */
export async function violations(page: Page, only?: readonly string[]): Promise<string[]> {
  await settled(page)
  // The page's own policy forbids scripts from elsewhere, so it is evaluated, not added.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  return await page.evaluate(
    async (options) => {
      // Where charts measure their texts, out of sight, once one was drawn.
      const { axe: tool } = globalThis as unknown as { axe: Axe }
      return (await tool.run({ exclude: ['#recharts_measurement_span'] }, options)).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
      )
    },
    // Only what is found is put into words, which takes most of the time.
    { resultTypes: ['violations'], ...(only === undefined ? {} : { runOnly: [...only] }) },
  )
}

/** Waits until everything that moves or changes its colour and comes to an end has done so. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    await drawn()
    for (;;) {
      const moving = document.getAnimations().filter(({ effect, playState }) => {
        return playState === 'running' && effect?.getComputedTiming().endTime !== Infinity
      })
      if (moving.length === 0) return
      await Promise.allSettled(moving.map(({ finished }) => finished))
      await drawn()
    }
  })
}

/** Pixels by which the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
