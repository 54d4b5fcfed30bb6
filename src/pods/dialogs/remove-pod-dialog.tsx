import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format, ngettext } from '../../lib/gettext.ts'
import type { PodSummary } from '../../lib/live-data.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'

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
      failed={_('The pod was not removed')}
      command={commandLine(can.program, 'pod', 'rm', '--force', pod.Name)}
      onSubmit={remove}
      onClose={onClose}
    >
      {members.length === 0 ? (
        <p>{_('There are no containers in it.')}</p>
      ) : (
        <>
          <p>
            {ngettext(
              'This container is stopped and removed with it, and what it wrote outside its volumes is lost:',
              'These {n} containers are stopped and removed with it, and what they wrote outside their volumes is lost:',
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
