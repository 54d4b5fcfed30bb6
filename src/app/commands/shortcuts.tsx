import { useEffect, useRef } from 'react'

import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import type { AppCommand } from './app-command.ts'
import { useAppCommands } from './app-commands.tsx'
import { useLetterShortcuts } from './letter-shortcuts.ts'
import { Palette } from './palette.tsx'

/** Milliseconds in which the second key of a shortcut must follow. */
const sequenceTime = 1_500

/** Whether the keyboard belongs to a field or to a terminal. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable="true"], .xterm, [role="menu"], [role="dialog"]') !== null

/** The command whose keys these are; `waits` while more keys of one may follow. */
export function matchKeys(commands: readonly AppCommand[], pressed: readonly string[]): AppCommand | 'waits' | undefined {
  const begins = commands.filter(({ shortcut }) => pressed.every((key, index) => shortcut?.[index] === key))
  const whole = begins.find(({ shortcut }) => shortcut?.length === pressed.length)
  return whole ?? (begins.length > 0 ? 'waits' : undefined)
}

/** Listens for the shortcuts of the list of commands, and for that of the palette. */
export function Shortcuts() {
  const { open } = useDialogs()
  const commands = useAppCommands()
  const [letters] = useLetterShortcuts()
  const pressed = useRef<{ keys: readonly string[]; at: number }>({ keys: [], at: 0 })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target } = event
      const inTerminal = target instanceof Element && target.closest('.xterm') !== null
      if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k' && !event.shiftKey && !event.altKey && !inTerminal) {
        // Some browsers open their search with it.
        event.preventDefault()
        if (document.querySelector('[role="dialog"]') === null) open((close) => <Palette commands={commands} onClose={close} />)
        return
      }
      const isDialogOpen = document.querySelector('[role="dialog"]') !== null
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(target) || isDialogOpen) return
      if (key === 'Shift' || !letters) return
      const now = Date.now()
      const keys = now - pressed.current.at > sequenceTime ? [key] : [...pressed.current.keys, key]
      const found = matchKeys(commands, keys) ?? matchKeys(commands, [key])
      pressed.current =
        found === 'waits' ? { keys: matchKeys(commands, keys) === 'waits' ? keys : [key], at: now } : { keys: [], at: 0 }
      if (found === undefined || found === 'waits') return
      event.preventDefault()
      found.run()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [commands, open, letters])
  return null
}
