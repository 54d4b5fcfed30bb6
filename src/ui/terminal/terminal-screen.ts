import type { Terminal } from '@xterm/xterm'

import type { Pipe } from '../../../engine/contract/index.ts'
import { drawFast } from './webgl.ts'

/** A program on a terminal. */
export interface TerminalSession {
  readonly pipe: Pipe
  resize(size: TerminalSize): Promise<void>
  /** Ends the session; called once. */
  close(): void
}

/** In characters. */
export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

interface Screen {
  label: string
  connect: (size: TerminalSize) => Promise<TerminalSession>
  /** Whether a hidden list keeps the text for screen readers, which makes it slower. */
  screenReader: boolean
  /** The terminal is on the screen; nothing is connected yet. */
  onOpen: (terminal: Terminal) => void
  /** Removes the terminal. */
  signal: AbortSignal
}

const encoder = new TextEncoder()

/** Bytes that were given to the terminal and are not drawn yet: enough to keep it busy, and little to wait for after Ctrl-C. */
const maxAhead = 64 * 1024

const look = {
  fontFamily: '"Red Hat Mono", "RedHatMono", ui-monospace, monospace',
  fontSize: 13,
  lineHeight: 1.2,
  cursorBlink: true,
  scrollback: 10_000,
  theme: { background: '#14181d', foreground: '#e6e9ed', cursor: '#e6e9ed', selectionBackground: '#3a5a82' },
}

/** Renders a terminal into `box` and connects it. Resolves when the process ended; the last screen stays until the signal. */
export async function drawTerminal(box: HTMLElement, screen: Screen): Promise<void> {
  const { label, connect, screenReader, onOpen, signal } = screen
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/xterm/css/xterm.css'),
  ])
  if (signal.aborted) return
  const terminal = new Terminal({ ...look, screenReaderMode: screenReader })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(box)
  terminal.textarea?.setAttribute('aria-label', label)
  void drawFast(terminal, signal)
  onOpen(terminal)
  fit.fit()
  const observer = new ResizeObserver(() => fit.fit())
  observer.observe(box)
  signal.addEventListener('abort', () => {
    observer.disconnect()
    terminal.dispose()
  })
  const input = openInput(terminal)
  terminal.focus()
  const session = await connect(sizeOf(terminal))
  if (signal.aborted) return session.close()
  signal.addEventListener('abort', () => session.close())
  const ignore = () => {}
  terminal.onResize(() => void session.resize(sizeOf(terminal)).catch(ignore))
  input((data) => void session.pipe.write(data).catch(ignore))
  void session.resize(sizeOf(terminal)).catch(ignore)
  try {
    await drawOutput(terminal, session.pipe.output, signal)
  } finally {
    if (!signal.aborted) {
      terminal.options.disableStdin = true
      terminal.options.cursorBlink = false
    }
  }
}

const sizeOf = ({ rows, cols }: Terminal): TerminalSize => ({ rows, columns: cols })

/** Takes what is typed; what comes before it is told where to send it is sent then. */
function openInput(terminal: Terminal): (send: (data: Uint8Array) => void) => void {
  const early: Uint8Array[] = []
  let send = (data: Uint8Array): void => void early.push(data)
  terminal.onData((text) => send(encoder.encode(text)))
  terminal.onBinary((text) => send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))
  return (next) => {
    send = next
    for (const data of early.splice(0)) send(data)
  }
}

/** Backpressure: little is read ahead of what the terminal has drawn. */
async function drawOutput(terminal: Terminal, output: Pipe['output'], signal: AbortSignal): Promise<void> {
  let ahead = 0
  let wake = () => {}
  for await (const { data } of output) {
    if (signal.aborted) return
    ahead += data.length
    terminal.write(data, () => {
      ahead -= data.length
      wake()
    })
    while (ahead > maxAhead && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      signal.addEventListener('abort', wake, { once: true })
      await promise
      signal.removeEventListener('abort', wake)
    }
  }
}
