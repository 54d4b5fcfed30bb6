import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form'
import { TextArea } from '@patternfly/react-core/dist/esm/components/TextArea'
import { useId, useState } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField, FieldHelp, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'

type Format = 'oci' | 'docker'

interface Commit {
  name: string
  author: string
  message: string
  kind: Format
  pause: boolean
  squash: boolean
  changes: string
}

const initial: Commit = { name: '', author: '', message: '', kind: 'oci', pause: true, squash: false, changes: '' }

/** `registry:5000/name:tag` in two; the port of a registry is not a tag. */
function splitName(name: string): { repo?: string; tag?: string } {
  if (name === '') return {}
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? { repo: name.slice(0, colon), tag: name.slice(colon + 1) } : { repo: name }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** What is asked of the engine. */
function inputOf(container: string, { name, author, message, kind, pause, squash, changes }: Commit) {
  return {
    container,
    ...splitName(name.trim()),
    ...(author === '' ? {} : { author }),
    // The OCI format has no place for it.
    ...(message === '' || kind === 'oci' ? {} : { comment: message }),
    changes: linesOf(changes),
    format: kind,
    pause,
    squash,
  }
}

function wordsOf({ name, author, message, kind, pause, squash, changes }: Commit, container: string): string[] {
  return [
    ...(kind === 'oci' ? [] : ['--format', kind]),
    ...(author === '' ? [] : ['--author', author]),
    ...(message === '' || kind === 'oci' ? [] : ['--message', message]),
    ...linesOf(changes).flatMap((line) => ['--change', line]),
    ...(pause ? ['--pause'] : []),
    ...(squash ? ['--squash'] : []),
    container,
    ...(name.trim() === '' ? [] : [name.trim()]),
  ]
}

/** Makes an image of what a container changed. */
export function CommitDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [commit, setCommit] = useState(initial)
  const set = (change: Partial<Commit>) => setCommit({ ...commit, ...change })
  const name = nameOf(container)
  const error = /\s/.test(commit.name.trim()) ? _('An image name cannot contain spaces.') : undefined
  const submit = async (signal: AbortSignal) => {
    await engine['container.commit']({ ...inputOf(container.Id, commit), body: null }, { signal })
    await data.images.refresh()
    success(format(_('The image {image} was created from {name}.'), { image: commit.name.trim() || _('without a name'), name }))
  }
  return (
    <ActionDialog
      title={format(_('Commit {name}'), { name })}
      description={_('Creates an image from the files of the container. What is in volumes is not part of it.')}
      action={_('Commit')}
      variant="medium"
      failed={_('Failed to commit the container')}
      disabled={error !== undefined}
      command={commandLine(can.program, 'commit', ...wordsOf(commit, name))}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Image name')}
        value={commit.name}
        onChange={(value) => set({ name: value })}
        error={error}
        placeholder="registry/name:tag"
        help={_('Without a name the image has only its ID.')}
        autoFocus
      />
      <div className="berth-columns">
        <TextField label={_('Author')} value={commit.author} onChange={(author) => set({ author })} />
        <SelectField
          label={_('Format')}
          value={commit.kind}
          onChange={(kind) => set({ kind })}
          options={[
            ['oci', 'OCI'],
            ['docker', 'Docker'],
          ]}
        />
      </div>
      {commit.kind === 'docker' && (
        <TextField label={_('Message')} value={commit.message} onChange={(message) => set({ message })} />
      )}
      <InstructionsField value={commit.changes} onChange={(changes) => set({ changes })} />
      <CheckField
        label={_('Pause the container during the commit')}
        value={commit.pause}
        onChange={(pause) => set({ pause })}
        help={_('Keeps the files of the image consistent.')}
      />
      <CheckField
        label={_('Squash into one layer')}
        value={commit.squash}
        onChange={(squash) => set({ squash })}
        help={_('The image shares no layers with the one it came from.')}
      />
    </ActionDialog>
  )
}

function InstructionsField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId()
  return (
    <FormGroup label={_('Instructions')} fieldId={id}>
      <TextArea
        id={id}
        value={value}
        rows={3}
        resizeOrientation="vertical"
        spellCheck="false"
        placeholder={'CMD ["/app"]\nENV MODE=production'}
        aria-describedby={`${id}-help`}
        onChange={(_event, next) => onChange(next)}
      />
      <FieldHelp
        id={`${id}-help`}
        help={_('One Dockerfile instruction per line: CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, USER, VOLUME, WORKDIR …')}
      />
    </FormGroup>
  )
}
