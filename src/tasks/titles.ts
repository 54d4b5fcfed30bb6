import type { Task } from '../../engine/contract/index.ts'
import { shortId } from '../../engine/spec/name.ts'
import { formatSize } from '../i18n/format.ts'
import { _, C_, format, ngettext } from '../i18n/gettext.ts'

/** What a task does. */
export function taskTitle({ Operation, Object: name }: Pick<Task, 'Operation' | 'Object'>): string {
  switch (Operation) {
    case 'image.pull':
      return format(_('Pull {name}'), { name })
    case 'image.push':
    case 'manifest.push':
      return format(_('Push {name}'), { name })
    case 'image.loadLocal':
      return format(C_('task', 'Load {name}'), { name })
    case 'image.prune':
      return _('Prune images')
    case 'system.prune':
      return C_('task', 'Prune unused data')
    case 'system.check':
      return C_('task', 'Check the storage')
    default:
      return `${Operation} ${name}`.trim()
  }
}

export const stateTitles = (): Record<Task['State'], string> => ({
  running: C_('task', 'Running'),
  done: C_('task', 'Done'),
  failed: C_('task', 'Failed'),
  cancelled: C_('task', 'Cancelled'),
})

/** What a task has led to; undefined if there is nothing to tell. */
export function resultText({ Result: result }: Pick<Task, 'Result'>): string | undefined {
  if (result === undefined) return undefined
  const { Id, Digest, Names, Removed, ReclaimedSpace } = result
  if (Digest !== undefined) return format(_('Digest {digest}'), { digest: Digest })
  if (Names !== undefined && Names.length > 0) return format(_('Loaded {names}'), { names: Names.join(', ') })
  if (Removed !== undefined && ReclaimedSpace !== undefined)
    return `${ngettext('{n} object was removed.', '{n} objects were removed.', Removed)} ${format(
      _('{size} of disk space was freed.'),
      { size: formatSize(ReclaimedSpace) },
    )}`
  return Id === undefined ? undefined : format(_('Image ID {id}'), { id: shortId(Id) })
}
