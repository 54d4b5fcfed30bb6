import type { Terminal } from '@xterm/xterm'

/**
 * Has a terminal drawn by the graphics card where there is one; elements draw it elsewhere, and after the card was lost (a sleeping laptop, too
 * many terminals).
 */
export async function drawFast(terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (!hasGraphicsCard()) return
  try {
    const { WebglAddon } = await import('@xterm/addon-webgl')
    if (signal.aborted) return
    const addon = new WebglAddon()
    addon.onContextLoss(() => addon.dispose())
    terminal.loadAddon(addon)
  } catch {
    // Elements go on drawing it.
  }
}

/** Programs that play a graphics card, slower than elements; not every browser says so by itself. */
const software = /swiftshader|llvmpipe|software|basic render/i

function hasGraphicsCard(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true })
    if (!context) return false
    const info = context.getExtension('WEBGL_debug_renderer_info')
    const renderer: unknown = context.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : context.RENDERER)
    // Browsers have few contexts.
    context.getExtension('WEBGL_lose_context')?.loseContext()
    return !software.test(String(renderer))
  } catch {
    return false
  }
}
