import { useAppCommands } from './app-commands.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

/** The list of shortcuts, from the user's menu. */
export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  return <ShortcutsDialog commands={useAppCommands()} onClose={onClose} />
}
