import { Button } from '@patternfly/react-core/dist/esm/components/Button'

import type { Output } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { linkTo } from '../hooks/route.ts'
import { _ } from '../i18n/gettext.ts'
import { Properties, property } from '../ui/properties.tsx'

/** The first line of what a program says of its version. */
const firstLine = (text: string): string => text.split('\n', 1)[0]!.trim()

/** Versions of the engine and of the programs that it uses. */
export function EngineCard() {
  const { info, can } = useEngine()
  const { host, store, version } = info
  return (
    <Properties
      title={_('Versions')}
      items={[
        [can.program === 'berth' ? 'Berth' : 'Podman', info.berth?.version ?? version.Version],
        [_('API version'), version.APIVersion],
        [_('Runtime'), firstLine(host.ociRuntime.version) || host.ociRuntime.name],
        [_('Monitor'), firstLine(host.conmon.version)],
        [_('Kernel'), host.kernel],
        [_('Cgroups'), `${host.cgroupVersion}, ${host.cgroupManager}`],
        [_('Network'), [host.networkBackend, host.rootlessNetworkCmd].filter(Boolean).join(', ')],
        [_('Storage driver'), store.graphDriverName],
        property(_('Storage'), <code className="berth-code">{store.graphRoot}</code>),
        property(_('Run-time state'), <code className="berth-code">{store.runRoot}</code>),
      ]}
    />
  )
}

/** Where short names of images are looked for. */
export function SearchCard({ config }: { config: Output<'system.config'> | undefined }) {
  return (
    <Properties title={_('Registries')} items={[[_('Short names'), config?.ShortNameMode]]}>
      {config && config.Search.length > 0 ? (
        <>
          <p>{_('Short names are searched for in this order:')}</p>
          <ol className="berth-system-order" aria-label={_('Search order')}>
            {config.Search.map((name) => (
              <li key={name}>
                <code className="berth-code">{name}</code>
              </li>
            ))}
          </ol>
        </>
      ) : (
        <p>{_('No registries are searched: images are pulled by their full name.')}</p>
      )}
      <Button variant="link" isInline component="a" href={linkTo(['images'], { tab: 'registries' })}>
        {_('Registries and logins')}
      </Button>
    </Properties>
  )
}
