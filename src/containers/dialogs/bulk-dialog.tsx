import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-check-circle-fill-icon'
import ErrorIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-error-fill-icon'
import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { isActive, nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { formatNumber } from '../../i18n/format.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { problemText } from '../../i18n/problem.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { bulkActions, type BulkOptions, type BulkVerb, forEachOf } from '../list/bulk.ts'

/** What became of one container. */
type Result = { readonly kind: 'running' | 'done' | 'skipped' } | { readonly kind: 'failed'; readonly message: string }
type Results = ReadonlyMap<string, Result>

interface BulkDialogProps {
  verb: BulkVerb
  containers: readonly ContainerSummary[]
  onClose: () => void
}

/** How many containers are acted on at the same time. */
const atOnce = 4

/** Runs the action on the containers that it applies to, a few at a time, and keeps what became of each. */
function useBulk(verb: BulkVerb, chosen: readonly ContainerSummary[], options: BulkOptions) {
  const { engine, data, pending } = useEngine()
  const [results, setResults] = useState<Results>(new Map())
  const action = bulkActions[verb]
  const concerned = chosen.filter((container) => action.skip(container) === undefined)
  const note = (id: string, result: Result) => setResults((old) => new Map(old).set(id, result))
  const submit = async (signal: AbortSignal) => {
    for (const container of chosen) if (!concerned.includes(container)) note(container.Id, { kind: 'skipped' })
    await forEachOf(concerned, atOnce, async (container) => {
      if (signal.aborted) return
      note(container.Id, { kind: 'running' })
      await pending
        .run(container.Id, action.label(), () => action.run(engine, container, options))
        .then(
          () => note(container.Id, { kind: 'done' }),
          (error: unknown) => note(container.Id, { kind: 'failed', message: problemText(EngineError.from(error)) }),
        )
    })
    await data.containers.refresh()
    return 'stay' as const
  }
  return { results, concerned, submit }
}

/** Acts on several containers and shows what became of each. One that fails does not stop the others. */
export function BulkDialog({ verb, containers, onClose }: BulkDialogProps) {
  const { can } = useEngine()
  // What is chosen, and its state, stay as they were when the dialog was opened.
  const [chosen] = useState(containers)
  const [volumes, setVolumes] = useState(false)
  const { results, concerned, submit } = useBulk(verb, chosen, { volumes })
  const action = bulkActions[verb]
  const runs = concerned.some(isActive)
  return (
    <ActionDialog
      title={action.title(concerned.length)}
      action={verb === 'remove' && runs ? _('Stop and remove') : action.action()}
      variant="medium"
      danger={action.danger}
      disabled={concerned.length === 0}
      failed={_('Failed to refresh the list')}
      command={commandLine(can.program, ...action.words({ volumes }, runs), ...concerned.map(nameOf))}
      onSubmit={submit}
      onClose={onClose}
    >
      {verb === 'remove' && results.size === 0 && (
        <>
          <p>{_('Running containers are stopped first. Data outside of volumes is lost. Images are kept.')}</p>
          <CheckField
            label={_('Remove anonymous volumes')}
            value={volumes}
            onChange={setVolumes}
            help={_('Named volumes are kept.')}
          />
        </>
      )}
      <Summary results={results} count={concerned.length} />
      <ResultList verb={verb} containers={chosen} results={results} />
    </ActionDialog>
  )
}

interface ResultListProps {
  verb: BulkVerb
  containers: readonly ContainerSummary[]
  results: Results
}

function ResultList({ verb, containers, results }: ResultListProps) {
  return (
    <ul className="berth-going berth-results" aria-label={_('Containers')} tabIndex={0}>
      {containers.map((container) => (
        <li key={container.Id}>
          <span className="berth-ellipsis" title={nameOf(container)}>
            {nameOf(container)}
          </span>
          <ResultText verb={verb} container={container} result={results.get(container.Id)} />
        </li>
      ))}
    </ul>
  )
}

/** How many are done so far, announced to screen readers. */
function Summary({ results, count }: { results: Results; count: number }) {
  const all = [...results.values()]
  const done = all.filter(({ kind }) => kind === 'done').length
  const failed = all.filter(({ kind }) => kind === 'failed').length
  return (
    <p role="status" className={results.size === 0 ? 'pf-v6-screen-reader' : undefined}>
      {results.size > 0 && format(_('{done} of {count} done.'), { done: formatNumber(done), count: formatNumber(count) })}
      {failed > 0 && ` ${ngettext('{n} failed.', '{n} failed.', failed)}`}
    </p>
  )
}

interface ResultTextProps {
  verb: BulkVerb
  container: ContainerSummary
  result: Result | undefined
}

function ResultText({ verb, container, result }: ResultTextProps) {
  const action = bulkActions[verb]
  switch (result?.kind) {
    case undefined:
      return <span className="berth-quiet">{action.skip(container)}</span>
    case 'skipped':
      return <span className="berth-quiet">{action.skip(container)}</span>
    case 'running':
      return (
        <span className="berth-quiet">
          <Spinner isInline aria-label={action.label()} /> {action.label()}
        </span>
      )
    case 'done':
      return (
        <span className="berth-result-done">
          <CheckIcon aria-hidden="true" /> {action.done()}
        </span>
      )
    case 'failed':
      return (
        <span className="berth-result-failed">
          <ErrorIcon aria-hidden="true" /> {result.message}
        </span>
      )
  }
}
