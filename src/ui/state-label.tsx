import { Spinner } from '@patternfly/react-core/dist/esm/components/Spinner'
import ErrorIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-error-fill-icon'
import MinusIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-minus-circle-fill-icon'
import PauseIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-pause-circle-fill-icon'
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-play-circle-fill-icon'
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon'
import StopIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-stop-circle-fill-icon'
import WarningIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-warning-fill-icon'
import type { ComponentType } from 'react'

import { C_, format } from '../i18n/gettext.ts'
import { type LabelColor, PlainLabel } from './plain-label.tsx'

type Look = [color: LabelColor, icon: ComponentType, text: string]

/** Colour, icon and text of a container's or pod's state. */
function look(state: string, exitCode: number): Look {
  switch (state.toLowerCase()) {
    case 'running':
      return ['green', PlayIcon, C_('state', 'Running')]
    case 'paused':
      return ['orange', PauseIcon, C_('state', 'Paused')]
    case 'configured':
    case 'created':
    case 'initialized':
      return ['blue', PlusIcon, C_('state', 'Created')]
    case 'exited':
    case 'stopped':
      return exitCode === 0
        ? ['grey', StopIcon, C_('state', 'Exited')]
        : ['red', ErrorIcon, format(C_('state', 'Exited ({code})'), { code: exitCode })]
    case 'stopping':
      return ['grey', StopIcon, C_('state', 'Stopping')]
    case 'removing':
      return ['grey', MinusIcon, C_('state', 'Removing')]
    case 'degraded':
      return ['orange', WarningIcon, C_('state', 'Degraded')]
    case 'error':
    case 'dead':
      return ['red', ErrorIcon, C_('state', 'Error')]
    default:
      return ['grey', WarningIcon, C_('state', 'Unknown')]
  }
}

/** The state of a container or pod. `busy` is the running operation. */
export function StateLabel({ state, exitCode = 0, busy }: { state: string; exitCode?: number; busy?: string }) {
  if (busy !== undefined) {
    return <PlainLabel icon={<Spinner isInline aria-label={busy} />}>{busy}</PlainLabel>
  }
  const [color, Icon, text] = look(state, exitCode)
  return (
    <PlainLabel color={color} icon={<Icon />}>
      {text}
    </PlainLabel>
  )
}
