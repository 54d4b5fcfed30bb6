import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'

/** Removes a pod with its containers. */
export function RemovePodDialog({ pod, onClose }: { pod: PodSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const members = pod.Containers.filter(({ Id }) => Id !== pod.InfraId)
  const remove = async () => {
    await engine['pod.remove']({ name: pod.Id, force: true })
    await Promise.all([data.pods.refresh(), data.containers.refresh()])
  }
  return (
    <ActionDialog
      title={format(_('Remove pod {name}?'), { name: pod.Name })}
      action={members.length > 0 ? _('Remove pod and containers') : _('Remove pod')}
      danger
      failed={_('Failed to remove the pod')}
      command={commandLine(can.program, 'pod', 'rm', '--force', pod.Name)}
      onSubmit={remove}
      onClose={onClose}
    >
      {members.length === 0 ? (
        <p>{_('The pod has no containers.')}</p>
      ) : (
        <>
          <p>
            {ngettext(
              'This container is also stopped and removed, and its data outside of volumes is lost:',
              'These {n} containers are also stopped and removed, and their data outside of volumes is lost:',
              members.length,
            )}
          </p>
          <ul className="berth-list">
            {members.map(({ Id, Names }) => (
              <li key={Id}>{Names}</li>
            ))}
          </ul>
        </>
      )}
    </ActionDialog>
  )
}
