import { useEngine } from '../../engine/engine-context.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { draftOf } from './container-fields.ts'
import { NewContainer } from './create-container-dialog.tsx'
import type { Seen } from './fields/container-field.ts'
import { useDialogAddress } from './use-dialog-address.ts'
import { useSeen } from './use-seen.ts'
import { WaitingDialog } from './waiting-dialog.tsx'

interface DuplicateContainerDialogProps {
  /** Its id or name. */
  container: string
  onClose: () => void
}

/** Creates another container like one that there is. */
export function DuplicateContainerDialog({ container, onClose }: DuplicateContainerDialogProps) {
  useDialogAddress({ dialog: 'duplicate', of: container })
  const { data } = useEngine()
  const { items } = useStore(data.containers)
  const seen = useSeen(container, false)
  if (!seen.value || !items) return <WaitingDialog title={_('Duplicate container')} error={seen.error} onClose={onClose} />
  const taken = items.flatMap(({ Names }) => Names)
  const initial = { ...draftOf(seen.value), pod: podOf(seen.value, items), name: freeName(seen.value.inspect.Name, taken) }
  return (
    <NewContainer title={format(_('Duplicate {name}'), { name: seen.value.inspect.Name })} initial={initial} onClose={onClose} />
  )
}

/** The name of its pod, as the list has it. */
const podOf = ({ inspect }: Seen, containers: readonly { Pod: string; PodName?: string | undefined }[]): string =>
  inspect.Pod === '' ? '' : (containers.find(({ Pod }) => Pod === inspect.Pod)?.PodName ?? '')

/** `web-copy`, `web-copy-2` … */
function freeName(name: string, taken: readonly string[]): string {
  const base = `${name.replace(/^\//, '').replace(/-copy(-\d+)?$/, '')}-copy`
  for (let count = 1; ; count++) {
    const tried = count === 1 ? base : `${base}-${count}`
    if (!taken.includes(tried)) return tried
  }
}
