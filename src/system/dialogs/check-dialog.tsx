import { useState } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'

type Report = Output<'system.check'>

/** What is damaged, as sentences: `layer 0123: …`. */
export function findingsOf(report: Report): string[] {
  const { Layers, ROLayers, Images, ROImages, Containers, Blobs, Volumes, Records } = report
  return [Layers, ROLayers, Images, ROImages, Containers, Blobs, Volumes, Records].flatMap((kind) =>
    Object.entries(kind ?? {}).flatMap(([object, problems]) => problems.map((problem) => `${object}: ${problem}`)),
  )
}

/** Verifies the storage, and repairs what can be repaired without loss. */
export function CheckDialog({ onClose }: { onClose: () => void }) {
  const { engine, can } = useEngine()
  const [whole, setWhole] = useState(false)
  const [repair, setRepair] = useState(false)
  const [report, setReport] = useState<Report>()
  const submit = async (signal: AbortSignal) => {
    setReport(await engine['system.check']({ quick: !whole, repair }, { signal }))
    return 'stay' as const
  }
  const flags = [...(whole ? [] : ['--quick']), ...(repair ? ['--repair'] : [])]
  return (
    <ActionDialog
      title={_('Check storage')}
      action={_('Check')}
      variant="medium"
      failed={_('Failed to check the storage')}
      command={report ? undefined : commandLine(can.program, 'system', 'check', ...flags)}
      onSubmit={submit}
      onClose={onClose}
    >
      {report ? (
        <Findings report={report} />
      ) : (
        <>
          <CheckField
            label={_('Read all data')}
            value={whole}
            onChange={setWhole}
            help={_('Compares every layer with its digest. Takes long for large images.')}
          />
          <CheckField
            label={_('Repair what is damaged')}
            value={repair}
            onChange={setRepair}
            help={_('Removes images that cannot be repaired; they must be pulled again. Containers are kept.')}
          />
        </>
      )}
    </ActionDialog>
  )
}

function Findings({ report }: { report: Report }) {
  const findings = findingsOf(report)
  const repaired = report.Repaired ?? []
  if (findings.length + repaired.length === 0) return <p role="status">{_('The storage is in order.')}</p>
  return (
    <>
      <p role="status">
        {findings.length > 0 && ngettext('{n} problem was found.', '{n} problems were found.', findings.length)}{' '}
        {repaired.length > 0 && ngettext('{n} problem was repaired.', '{n} problems were repaired.', repaired.length)}
      </p>
      <ul className="berth-going" aria-label={_('Findings')} tabIndex={0}>
        {[...findings, ...repaired].map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  )
}
