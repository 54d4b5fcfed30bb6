import { Button } from '@patternfly/react-core/dist/esm/components/Button'

import { formatSize } from '../../i18n/format.ts'
import { _, format } from '../../i18n/gettext.ts'
import type { Image } from '../../engine/live/live-data.ts'
import { Copyable } from '../../ui/copyable.tsx'
import { useDialogs } from '../../ui/dialogs/dialogs.tsx'
import { KeyValues } from '../../ui/key-values.tsx'
import { Properties, type Property, property } from '../../ui/properties.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { TagDialog, UntagDialog } from '../dialogs/lazy.ts'
import { NewerBadge, useUpdate } from '../image-marks.tsx'
import { namesOf, ownSize } from '../../engine/image-summary.ts'
import type { Inspect } from './inspect.ts'

/** Names, digests and sizes of an image. */
export function OverviewTab({ image, inspect }: { image: Image; inspect: Inspect }) {
  const labels = Object.entries(inspect.Labels ?? {})
  const annotations = Object.entries(inspect.Annotations ?? {})
  return (
    <div className="berth-cards-columns">
      <Names image={image} />
      <Properties title={_('Image')} items={identity(image, inspect)} />
      <Digests image={image} inspect={inspect} />
      {labels.length > 0 && <KeyValues title={_('Labels')} entries={labels} />}
      {annotations.length > 0 && <KeyValues title={_('Annotations')} entries={annotations} />}
    </div>
  )
}

/** The names of an image; each can be untagged. */
export function Names({ image }: { image: Image }) {
  const { open } = useDialogs()
  const names = namesOf(image)
  return (
    <Properties title={_('Names')}>
      {names.length === 0 && <p className="berth-quiet">{_('No names.')}</p>}
      <ul className="berth-names">
        {names.map((name) => (
          <NameLine key={name} image={image} name={name} />
        ))}
      </ul>
      <Button
        variant="link"
        isInline
        onClick={() => open((close) => <TagDialog image={image} reference={names[0]} onClose={close} />)}
      >
        {_('Tag…')}
      </Button>
    </Properties>
  )
}

function NameLine({ image, name }: { image: Image; name: string }) {
  const { open } = useDialogs()
  const update = useUpdate(image, name)
  return (
    <li>
      <div className="berth-name-line">
        <Copyable text={name} />
        <NewerBadge image={image} reference={name} />
        {update?.status === 'current' && <span className="berth-quiet">{_('Up to date')}</span>}
      </div>
      {!image.ReadOnly && (
        <Button
          variant="link"
          isInline
          aria-label={format(_('Untag {name}'), { name })}
          onClick={() => open((close) => <UntagDialog image={image} reference={name} onClose={close} />)}
        >
          {_('Untag')}
        </Button>
      )}
    </li>
  )
}

function identity(
  image: Image,
  { Id, Os, Architecture, Created, Author, Comment, Size, ManifestType, RootFS }: Inspect,
): Property[] {
  const shared = image.SharedSize > 0
  return [
    property(_('ID'), <Copyable text={Id} />),
    [_('Platform'), `${Os}/${Architecture}`],
    property(_('Created'), <TimeAgo value={Created} />),
    [_('Size'), formatSize(Size)],
    [_('Unique size'), shared ? formatSize(ownSize(image)) : undefined],
    [_('Shared size'), shared ? formatSize(image.SharedSize) : undefined],
    [_('Layers'), String(RootFS?.Layers?.length ?? 0)],
    [_('Author'), Author],
    [_('Comment'), Comment],
    [_('Manifest type'), ManifestType],
  ]
}

function Digests({ image, inspect }: { image: Image; inspect: Inspect }) {
  const others = inspect.RepoDigests.filter((each) => each !== image.Digest)
  return (
    <Properties title={_('Digests')}>
      <ul className="berth-names berth-digests">
        {inspect.Digest !== '' && (
          <li>
            <Copyable text={inspect.Digest} />
          </li>
        )}
        {others.map((digest) => (
          <li key={digest}>
            <Copyable text={digest} />
          </li>
        ))}
      </ul>
    </Properties>
  )
}
