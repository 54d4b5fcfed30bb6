import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import { useCallback } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { emptyPort } from '../../engine/fields/port-rows.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { useCall } from '../../hooks/use-call.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { emptyVolume } from './draft.ts'
import { useDraft } from './draft-context.tsx'

type Image = Output<'image.inspect'>

/** Milliseconds after the last keystroke until an image is looked at. */
const typingDelay = 200
const nothing = async () => undefined

/** What the image brings: its ports and volumes can be taken over, its user and health check are told. */
export function ImageHints() {
  const { engine, data } = useEngine()
  const { draft } = useDraft()
  const images = useStore(data.images).items
  const name = useDebounced(draft.image.trim(), typingDelay)
  const isHere = (images ?? []).some(({ RepoTags, Id }) => (RepoTags ?? []).includes(name) || Id === name)
  const ask = useCallback((signal: AbortSignal) => engine['image.inspect']({ name }, { signal }), [engine, name])
  const { value } = useCall<Image | undefined>(isHere ? ask : nothing)
  return value && isHere ? <Hints image={value} /> : null
}

function Hints({ image }: { image: Image }) {
  const { draft, onChange } = useDraft()
  const { Config, Healthcheck } = image
  const ports = Object.keys(Config.ExposedPorts ?? {}).filter((key) => !draft.ports.some((port) => isPort(port, key)))
  const volumes = Object.keys(Config.Volumes ?? {}).filter((path) => !draft.volumes.some(({ target }) => target === path))
  const facts = [
    ...(Config.User ? [format(_('Runs as user {user}.'), { user: Config.User })] : []),
    ...(Healthcheck?.Test && Healthcheck.Test[0] !== 'NONE'
      ? [format(_('Has a health check: {command}'), { command: healthText(Healthcheck.Test) })]
      : []),
  ]
  const canPublish = draft.pod === ''
  if ((!canPublish || ports.length === 0) && volumes.length === 0 && facts.length === 0) return null
  return (
    <div className="berth-hints" role="group" aria-label={_('From the image')}>
      {canPublish &&
        ports.map((key) => (
          <Hint
            key={key}
            text={format(_('Publish port {port}'), { port: key.replace(/\/tcp$/, '') })}
            onTake={() => onChange({ ports: [...draft.ports, portOf(key)] })}
          />
        ))}
      {volumes.map((path) => (
        <Hint
          key={path}
          text={format(_('Keep {path} in a volume'), { path })}
          onTake={() => onChange({ volumes: [...draft.volumes, { ...emptyVolume, type: 'volume', target: path }] })}
        />
      ))}
      {facts.map((fact) => (
        <span key={fact} className="berth-quiet">
          {fact}
        </span>
      ))}
    </div>
  )
}

const healthText = ([kind, ...words]: readonly string[]): string =>
  kind === 'CMD-SHELL' ? words.join(' ') : commandLine(...words)

const portOf = (key: string) => {
  const [container = '', protocol = 'tcp'] = key.split('/')
  // Ports below 1024 are root's alone on most hosts.
  return { ...emptyPort, host: Number(container) < 1024 ? '' : container, container, protocol }
}

function isPort({ container, protocol }: { container: string; protocol: string }, key: string): boolean {
  return `${container}/${protocol}` === key
}

function Hint({ text, onTake }: { text: string; onTake: () => void }) {
  return (
    <Button variant="secondary" size="sm" icon={<PlusIcon />} onClick={onTake}>
      {text}
    </Button>
  )
}
