import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core/dist/esm/components/DescriptionList'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { useId } from 'react'

import { distributionOf } from '../../engine/distribution.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _ } from '../../i18n/gettext.ts'
import { BerthLogo } from '../../ui/berth-logo.tsx'

/** Which program this is, with what a report of a problem should name. */
export function AboutDialog({ onClose }: { onClose: () => void }) {
  const { info } = useEngine()
  const id = useId()
  const { host, version, berth } = info
  const engine = berth ? `Berth ${berth.version}` : `Podman ${version.Version}`
  const facts = [
    [_('Engine'), engine],
    [_('API version'), version.APIVersion],
    [_('Host'), host.hostname],
    [_('System'), `${distributionOf(host)}, ${version.OsArch}`],
    [_('Kernel'), host.kernel],
    [_('Runtime'), host.ociRuntime.version.split('\n', 1)[0]!.trim() || host.ociRuntime.name],
    [_('License'), 'Apache-2.0'],
  ] as const
  return (
    <Modal isOpen variant="small" onEscapePress={onClose} aria-labelledby={id} className="berth-dialog">
      <ModalHeader title={_('About Berth')} labelId={id} />
      <ModalBody>
        <div className="berth-about-mark">
          <BerthLogo />
        </div>
        <p>{_('A web console for containers on shared Linux servers, with its own engine.')}</p>
        <DescriptionList isHorizontal isCompact>
          {facts.map(([name, value]) => (
            <DescriptionListGroup key={name}>
              <DescriptionListTerm>{name}</DescriptionListTerm>
              <DescriptionListDescription>{value}</DescriptionListDescription>
            </DescriptionListGroup>
          ))}
        </DescriptionList>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" autoFocus onClick={onClose}>
          {_('Close')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}
