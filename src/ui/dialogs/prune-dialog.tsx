import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { type ReactNode, useState } from 'react'

import { EngineError, type ErrorCode } from '../../../engine/errors/index.ts'
import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import { ActionDialog } from './action-dialog.tsx'
import { ErrorAlert } from './error-alert.tsx'
import { type Removal, RemovalList } from './removal-list.tsx'

/** What a prune did with one object: the bytes that it freed, or why it could not be removed. */
export interface PruneResult {
  readonly size: number
  readonly reason: string | undefined
}

interface PruneDialogProps {
  title: string
  /** The heading of a failure. */
  failed: string
  /** The equivalent command line. */
  command: string
  /** What would be removed; undefined until it is known. */
  removals: readonly Removal[] | undefined
  /** Why that could not be found out, under this heading. */
  unknown?: { readonly title: string; readonly error: Error } | undefined
  /** What the list of it is called. */
  label: string
  /** What is said where there is nothing. */
  nothing: string
  /** What is said above the list. */
  about: ReactNode
  /** Above all of it: what is to be pruned. */
  choice?: ReactNode
  /** Of an object that was in use after all. */
  code: ErrorCode
  /** What is to be typed first, where data goes with them. */
  confirmation?: string | undefined
  onPrune: () => Promise<readonly PruneResult[]>
  /** How many were removed, as a sentence. */
  done: (count: number) => string
  onClose: () => void
}

/** Removes what nothing uses, after a list of it with what each frees; afterwards it says what was done. */
export function PruneDialog(props: PruneDialogProps) {
  const { title, failed, command, removals, unknown, label, nothing, about, choice, code, onPrune, done, onClose } = props
  const [results, setResults] = useState<readonly PruneResult[]>()
  const submit = async () => {
    const found = await onPrune()
    setResults(found)
    const reasons = found.flatMap(({ reason }) => reason ?? [])
    if (reasons.length > 0) throw new EngineError(code, reasons.join(' '))
    return 'stay' as const
  }
  return (
    <ActionDialog
      title={title}
      action={_('Prune')}
      variant="medium"
      danger
      failed={failed}
      disabled={!removals || removals.length === 0}
      command={command}
      confirmation={props.confirmation}
      onSubmit={submit}
      onClose={onClose}
    >
      {results ? (
        <Outcome results={results} done={done} />
      ) : (
        <>
          {choice}
          {unknown && <ErrorAlert title={unknown.title} error={unknown.error} />}
          {!removals && !unknown && <Skeleton height="6rem" screenreaderText={_('Loading')} />}
          {removals?.length === 0 && <p>{nothing}</p>}
          {removals && removals.length > 0 && (
            <div>
              <p>{about}</p>
              <RemovalList label={label} removals={removals} />
            </div>
          )}
        </>
      )}
    </ActionDialog>
  )
}

function Outcome({ results, done }: { results: readonly PruneResult[]; done: (count: number) => string }) {
  const removed = results.filter(({ reason }) => reason === undefined)
  const freed = removed.reduce((sum, { size }) => sum + size, 0)
  return (
    <p role="status">
      {done(removed.length)} {freed > 0 && format(_('{size} of disk space was freed.'), { size: formatSize(freed) })}
    </p>
  )
}
