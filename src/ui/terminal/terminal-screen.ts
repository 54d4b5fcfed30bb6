import type { Pipe } from '../../../engine/contract/index.ts'

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
  /** Removes the terminal. */
  signal: AbortSignal
}

const encoder = new TextEncoder()

const look = {
  fontFamily: '"Red Hat Mono", "RedHatMono", ui-monospace, monospace',
  fontSize: 13,
  lineHeight: 1.2,
  cursorBlink: true,
  scrollback: 10_000,
  // Screen readers get the text from a hidden list that xterm keeps.
  screenReaderMode: true,
  theme: { background: '#14181d', foreground: '#e6e9ed', cursor: '#e6e9ed', selectionBackground: '#3a5a82' },
}

/** Renders a terminal into `box` and connects it. Resolves when the process ended; the last screen stays until the signal. */
export async function drawTerminal(box: HTMLElement, { label, connect, signal }: Screen): Promise<void> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/xterm/css/xterm.css'),
  ])
  if (signal.aborted) return
  const terminal = new Terminal(look)
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(box)
  terminal.textarea?.setAttribute('aria-label', label)
  fit.fit()
  const observer = new ResizeObserver(() => fit.fit())
  observer.observe(box)
  signal.addEventListener('abort', () => {
    observer.disconnect()
    terminal.dispose()
  })
  const size = () => ({ rows: terminal.rows, columns: terminal.cols })
  // Input before the connection is open is sent afterwards.
  const early: Uint8Array[] = []
  let send = (data: Uint8Array): void => void early.push(data)
  terminal.onData((text) => send(encoder.encode(text)))
  terminal.onBinary((text) => send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))
  terminal.focus()
  const session = await connect(size())
  if (signal.aborted) return session.close()
  signal.addEventListener('abort', () => session.close())
  const ignore = () => {}
  terminal.onResize(() => void session.resize(size()).catch(ignore))
  send = (data) => void session.pipe.write(data).catch(ignore)
  for (const data of early.splice(0)) send(data)
  void session.resize(size()).catch(ignore)
  try {
    // Backpressure: each chunk is rendered before the next one is read.
    for await (const { data } of session.pipe.output)
      await new Promise<void>((drawn) => (signal.aborted ? drawn() : terminal.write(data, drawn)))
  } finally {
    if (!signal.aborted) {
      terminal.options.disableStdin = true
      terminal.options.cursorBlink = false
    }
  }
}
